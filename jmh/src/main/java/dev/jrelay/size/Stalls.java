// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

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
 */
record Stalls(Kind kind, double nanos, double shape, double period) {
    /** The stall to be survived is longer than all but this share of them. */
    static final double RARE = 0.001;

    /** The distribution of a stall's length. */
    enum Kind { NONE, FIXED, EXPONENTIAL, PARETO }

    static final Stalls NONE = new Stalls(Kind.NONE, 0.0, 0.0, Double.POSITIVE_INFINITY);

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
            final double nanos = Quantity.nanos(values[0]);
            final double period = Quantity.nanos(sides[1]);
            if (nanos <= 0.0 || nanos * 2.0 > period) {
                throw new IllegalArgumentException("the stall must be above 0 and at most half of the period");
            }
            return switch (colon < 0 ? "" : sides[0].substring(0, colon)) {
                case "" -> new Stalls(Kind.FIXED, nanos, 0.0, period);
                case "exp" -> new Stalls(Kind.EXPONENTIAL, nanos, 0.0, period);
                case "pareto" -> new Stalls(Kind.PARETO, nanos, shape(values), period);
                default -> throw new IllegalArgumentException("must be none, 20ms/1s, exp:… or pareto:…");
            };
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--stall '" + text + "': " + wrong.getMessage(), wrong);
        }
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
        return Math.min(length, period);
    }

    /** The stall to be survived, ns: the longest, or the one that only {@link #RARE} of them exceed. */
    double design() {
        final double length = switch (kind) {
            case NONE, FIXED -> nanos;
            case EXPONENTIAL -> nanos * -Math.log(RARE);
            case PARETO -> nanos * Math.pow(RARE, -1.0 / shape);
        };
        return Math.min(length, period);
    }

    @Override
    public String toString() {
        final String length = Quantity.ofNanos(nanos);
        return switch (kind) {
            case NONE -> "none";
            case FIXED -> length + " every " + Quantity.ofNanos(period);
            case EXPONENTIAL -> "exponential, mean " + length + ", every " + Quantity.ofNanos(period);
            case PARETO -> String.format(Locale.ROOT, "Pareto from %s, shape %.2f, every %s", length, shape,
                    Quantity.ofNanos(period));
        };
    }
}
