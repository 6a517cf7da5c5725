// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Messages as they came in a recorded run, over and over; each run of a seed begins at a moment of its own.
 *
 * <p>The arrival curve is worked out for windows that grow by a quarter; between two of them the wider one counts.
 */
final class RecordedTraffic implements Traffic {
    private static final double WIDER = 1.25;
    private static final double NARROWEST = 1_000.0;

    private final String name;
    /** When each message came, ns from the first one, not decreasing. */
    private final double[] times;
    private final int[] lengths;
    /** Bytes up to and without each message. */
    private final long[] before;
    private final double period;
    private final MessageSizes sizes;
    /** Windows, ns, and the most bytes in any of each length. */
    private final TreeMap<Double, Double> curve = new TreeMap<>();

    /**
     * Recorded messages.
     *
     * @param name for the reader
     * @param times ns, not decreasing; at least two that differ
     * @param lengths bytes, 1 or more
     */
    RecordedTraffic(String name, double[] times, int[] lengths) {
        final double span = times.length < 2 ? 0.0 : times[times.length - 1] - times[0];
        if (span <= 0.0) {
            throw new IllegalArgumentException(name + ": must have messages at two times or more, has " + times.length
                    + (times.length < 2 ? " messages" : " at one"));
        }
        this.name = name;
        this.times = Arrays.stream(times).map(time -> time - times[0]).toArray();
        this.lengths = lengths.clone();
        this.period = span + span / (times.length - 1); // the gap to the next lap is a mean one
        this.before = new long[lengths.length + 1];
        final Map<Integer, Double> counts = new TreeMap<>();
        for (int i = 0; i < lengths.length; i++) {
            before[i + 1] = before[i] + lengths[i];
            counts.merge(lengths[i], 1.0, Double::sum);
        }
        this.sizes = MessageSizes.counted(name, counts);
        for (double window = NARROWEST; window < period; window *= WIDER) {
            curve.put(window, mostIn(window));
        }
        curve.put(period, (double) before[lengths.length]);
    }

    /** The same so many times as fast. */
    RecordedTraffic faster(double speed) {
        return speed == 1.0 ? this : new RecordedTraffic(name + ", " + number(speed) + " times as fast",
                Arrays.stream(times).map(time -> time / speed).toArray(), lengths);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Messages recorded. */
    int count() {
        return times.length;
    }

    /** How long it was recorded, ns. */
    double period() {
        return period;
    }

    private double mostIn(double window) {
        long most = 0L;
        int from = 0;
        for (int to = 0; to < times.length; to++) {
            while (times[to] - times[from] > window) {
                from++;
            }
            most = Math.max(most, before[to + 1] - before[from]);
        }
        return most;
    }

    @Override
    public MessageSizes sizes() {
        return sizes;
    }

    @Override
    public double messagesPerSecond() {
        return times.length / period * Load.SECOND;
    }

    @Override
    public double most(double nanos) {
        final double laps = Math.floor(nanos / period);
        final double rest = nanos - laps * period;
        return laps * before[lengths.length] + curve.ceilingEntry(rest).getValue();
    }

    @Override
    public boolean hasBursts() {
        return true;
    }

    /** The heaviest window of the stall's length that begins with a message. */
    @Override
    public double worst(long seed, double from, double to, double nanos) {
        final double shift = shift(seed);
        final Cursor head = new Cursor(from + shift);
        final Cursor tail = new Cursor(from + shift);
        double begin = Double.NaN;
        long most = -1L;
        while (head.time() - shift <= to) {
            while (tail.time() <= head.time() + nanos) {
                tail.next();
            }
            final long bytes = tail.bytesBefore() - head.bytesBefore();
            if (bytes > most) {
                most = bytes;
                begin = head.time() - shift;
            }
            head.next();
        }
        return begin;
    }

    private double shift(long seed) {
        return period * new SplittableRandom(seed).nextDouble();
    }

    @Override
    public Arrivals arrivals(long seed) {
        final double shift = shift(seed);
        final Cursor cursor = new Cursor(shift);
        return new Arrivals() {
            private double time;
            private int length;

            @Override
            public void next() {
                time = cursor.time() - shift;
                length = lengths[cursor.at];
                cursor.next();
            }

            @Override
            public double time() {
                return time;
            }

            @Override
            public int length() {
                return length;
            }
        };
    }

    /** A message of some lap. */
    private final class Cursor {
        private int at;
        private double lap;
        private long lapBytes;

        /** At the first message that is not before {@code time}, 0 or more. */
        Cursor(double time) {
            final double laps = Math.floor(time / period);
            lap = laps * period;
            lapBytes = (long) laps * before[lengths.length];
            final int found = Arrays.binarySearch(times, time - lap);
            at = found < 0 ? -found - 1 : found;
            while (at > 0 && times[at - 1] >= time - lap) {
                at--;
            }
            wrap();
        }

        void next() {
            at++;
            wrap();
        }

        private void wrap() {
            if (at == times.length) {
                at = 0;
                lap += period;
                lapBytes += before[lengths.length];
            }
        }

        double time() {
            return lap + times[at];
        }

        long bytesBefore() {
            return lapBytes + before[at];
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
