// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which sub-buffers of one buffer the consumer says it has written, in this order: runs of consecutive sequences. In
 * no-overwrite mode it is one run. And those that it has passed. Not thread-safe.
 */
final class Deliveries {
    /** First sequence and length of each run. */
    private long[] runs = new long[2];
    private int size;
    private final List<Long> passed = new ArrayList<>();

    /** Appends a run. */
    void add(long first, long count) {
        if (size == runs.length) {
            runs = Arrays.copyOf(runs, 2 * size);
        }
        runs[size] = first;
        runs[size + 1] = count;
        size += 2;
    }

    /** A sub-buffer that the consumer did not wait for any longer. */
    void addPassed(long sequence) {
        passed.add(sequence);
    }

    List<Long> passed() {
        return List.copyOf(passed);
    }

    int runCount() {
        return size / 2;
    }

    long first(int run) {
        return runs[2 * run];
    }

    long count(int run) {
        return runs[2 * run + 1];
    }

    /** Sub-buffers in all runs. */
    long subBuffers() {
        long sum = 0L;
        for (int i = 1; i < size; i += 2) {
            sum += runs[i];
        }
        return sum;
    }

    /** The most sub-buffers missing in one place before the last run. */
    long longestGap() {
        long longest = 0L;
        long next = 0L;
        for (int i = 0; i < size; i += 2) {
            longest = Math.max(longest, runs[i] - next);
            next = runs[i] + runs[i + 1];
        }
        return longest;
    }
}
