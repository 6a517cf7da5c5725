// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Recorded messages as they are read: times and lengths. Not thread-safe. */
final class Messages {
    private long[] times = new long[1024];
    private int[] lengths = new int[1024];
    private int count;

    /**
     * Adds a message.
     *
     * @param time ns, from anywhere
     * @param length bytes
     */
    void add(long time, int length) {
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        times[count] = time;
        lengths[count] = Math.clamp(length, 1, MessageSizes.MAX);
        count++;
    }

    void addAll(Messages others) {
        for (int i = 0; i < others.count; i++) {
            add(others.times[i], others.lengths[i]);
        }
    }

    int count() {
        return count;
    }

    /** All of them in the order of their times. */
    RecordedTraffic traffic(String name) {
        final int[] order = IntStream.range(0, count).boxed().sorted(Comparator.comparingLong(i -> times[i]))
                .mapToInt(Integer::intValue).toArray();
        return new RecordedTraffic(name, Arrays.stream(order)
                .mapToDouble(i -> times[i] - times[order[0]]).toArray(),
                Arrays.stream(order).map(i -> lengths[i]).toArray());
    }
}
