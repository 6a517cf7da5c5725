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
 * @param pause what this machine itself does to a thread, ns, beside the stalls asked for
 * @param pauseShare the share of stalls that it is added to
 */
record Stalls(Kind kind, double nanos, double shape, double period, double pause, double pauseShare) {
    /** The stall to be survived is longer than all but this share of them. */
    static final double RARE = 0.001;

    /** The distribution of a stall's length. */
    enum Kind { NONE, FIXED, EXPONENTIAL, PARETO }

    static final Stalls NONE = new Stalls(Kind.NONE, 0.0, 0.0, Double.POSITIVE_INFINITY, 0.0, 0.0);

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
                case "exp" -> new Stalls(Kind.EXPONENTIAL, nanos, 0.0, period, 0.0, 0.0);
                case "pareto" -> new Stalls(Kind.PARETO, nanos, shape(values), period, 0.0, 0.0);
                default -> throw new IllegalArgumentException("must be none, 20ms/1s, exp:… or pareto:…");
            };
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--stall '" + text + "': " + wrong.getMessage(), wrong);
        }
    }

    static Stalls fixed(double nanos, double period) {
        return new Stalls(Kind.FIXED, nanos, 0.0, period, 0.0, 0.0);
    }

    /**
     * The same on a machine that pauses threads.
     *
     * @param machinePause for how long, ns
     * @param every how often, ns; 0 if any stall may meet such a pause
     */
    Stalls on(double machinePause, double every) {
        final double own = kind == Kind.NONE ? Load.SECOND : period;
        final double share = every == 0.0 ? 1.0 : Math.min(1.0, own / every);
        return kind == Kind.NONE ? new Stalls(Kind.FIXED, 0.0, 0.0, own, machinePause, share)
                : new Stalls(kind, nanos, shape, own, machinePause, share);
    }

    /** Whether all are as long. */
    boolean isFixed() {
        return kind != Kind.EXPONENTIAL && kind != Kind.PARETO && (pauseShare == 0.0 || pauseShare == 1.0);
    }

    /** The mean length, ns. */
    double mean() {
        return pause * pauseShare + (kind == Kind.PARETO ? nanos * shape / (shape - 1.0) : nanos);
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
        return Math.min(pauseShare == 1.0 || random.nextDouble() < pauseShare ? length + pause : length, period);
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
        final String own = pause == 0.0 ? "" : (pauseShare == 1.0 ? ", each with "
                : String.format(Locale.ROOT, ", %.0f %% of them with ", 100.0 * pauseShare)) + Times.text(pause)
                + " of the machine's own";
        return (switch (kind) {
            case NONE -> "none";
            case FIXED -> length + " every " + Times.text(period);
            case EXPONENTIAL -> "exponential, mean " + length + ", every " + Times.text(period);
            case PARETO -> String.format(Locale.ROOT, "Pareto from %s, shape %.2f, every %s", length, shape,
                    Times.text(period));
        }) + own;
    }
}
