// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Times;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * When the consumer stands still: one stall in each period, at a random moment of it. {@code none}, {@code 20ms/1s}
 * (always as long), {@code exp:20ms/1s} (exponential with this mean), {@code pareto:5ms,1.5/1s} (least length and
 * shape).
 *
 * @param kind its distribution
 * @param nanos the length, mean or least length, ns
 * @param shape of {@code pareto}
 * @param period ns
 * @param pause added to each, ns: what this machine itself does to a thread
 */
record Stalls(Kind kind, double nanos, double shape, double period, double pause) {
    /** The stall to be survived is longer than all but this share of them. */
    static final double RARE = 0.001;

    /** The distribution of a stall's length. */
    enum Kind { NONE, FIXED, EXPONENTIAL, PARETO }

    static final Stalls NONE = new Stalls(Kind.NONE, 0.0, 0.0, Double.POSITIVE_INFINITY, 0.0);

    /** Reads the value of {@code --stall}. */
    static Stalls parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        final String[] sides = text.split("/", 2);
        final int colon = sides[0].indexOf(':');
        final String[] values = sides[0].substring(colon + 1).split(",");
        try {
            if (sides.length != 2) {
                throw new IllegalArgumentException("must be none, 20ms/1s, exp:20ms/1s or pareto:5ms,1.5/1s");
            }
            final double nanos = Times.nanos(values[0]);
            final double period = Times.nanos(sides[1]);
            if (nanos <= 0.0 || nanos * 2.0 > period) {
                throw new IllegalArgumentException("the stall must be above 0 and at most half of the period");
            }
            return switch (colon < 0 ? "" : sides[0].substring(0, colon)) {
                case "" -> fixed(nanos, period);
                case "exp" -> new Stalls(Kind.EXPONENTIAL, nanos, 0.0, period, 0.0);
                case "pareto" -> new Stalls(Kind.PARETO, nanos, shape(values), period, 0.0);
                default -> throw new IllegalArgumentException("must be none, 20ms/1s, exp:… or pareto:…");
            };
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--stall '" + text + "': " + wrong.getMessage(), wrong);
        }
    }

    static Stalls fixed(double nanos, double period) {
        return new Stalls(Kind.FIXED, nanos, 0.0, period, 0.0);
    }

    /** The same on a machine that pauses threads for so long, ns. */
    Stalls on(double machinePause) {
        return kind == Kind.NONE ? new Stalls(Kind.FIXED, 0.0, 0.0, Load.SECOND, machinePause)
                : new Stalls(kind, nanos, shape, period, machinePause);
    }

    private static double shape(String[] values) {
        final double shape = values.length == 2 && values[1].matches("[0-9.]+") ? Double.parseDouble(values[1]) : 0.0;
        if (shape <= 1.0 || shape > 10.0) {
            throw new IllegalArgumentException("pareto:LEAST,SHAPE with SHAPE above 1, at most 10");
        }
        return shape;
    }

    /** The length of one stall, ns; never more than the period. */
    double sample(RandomGenerator random) {
        final double length = switch (kind) {
            case NONE -> 0.0;
            case FIXED -> nanos;
            case EXPONENTIAL -> nanos * random.nextExponential();
            case PARETO -> nanos * Math.pow(1.0 - random.nextDouble(), -1.0 / shape);
        };
        return Math.min(length + pause, period);
    }

    /** The stall to be survived, ns: the longest, or the one that only {@link #RARE} of them exceed. */
    double design() {
        final double length = switch (kind) {
            case NONE, FIXED -> nanos;
            case EXPONENTIAL -> nanos * -Math.log(RARE);
            case PARETO -> nanos * Math.pow(RARE, -1.0 / shape);
        };
        return Math.min(length + pause, period);
    }

    @Override
    public String toString() {
        final String length = Times.text(nanos);
        final String own = pause == 0.0 ? "" : ", each with " + Times.text(pause) + " of the machine's own";
        return (switch (kind) {
            case NONE -> "none";
            case FIXED -> length + " every " + Times.text(period);
            case EXPONENTIAL -> "exponential, mean " + length + ", every " + Times.text(period);
            case PARETO -> String.format(Locale.ROOT, "Pareto from %s, shape %.2f, every %s", length, shape,
                    Times.text(period));
        }) + own;
    }
}
