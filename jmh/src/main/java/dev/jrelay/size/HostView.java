// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All buffers of a host: what it takes if there are fewer of them than CPUs, and what a message then costs, since
 * writers share one.
 */
final class HostView {
    /**
     * So many buffers.
     *
     * @param buffers of the channel
     * @param writers that share one, if each CPU has one
     * @param best what they need; null if nothing would do
     * @param problem why nothing would do, or null
     * @param nanos what a message of 64 bytes costs its writer then, as measured; NaN if it was not
     */
    record Row(int buffers, int writers, Search.Candidate best, String problem, double nanos) {
        /** Of all buffers, bytes. */
        long memory() {
            return best.memory() * buffers;
        }
    }

    /** Where loads come from. */
    interface Loads {
        /** That of one of so many buffers. */
        Load of(int buffers) throws IOException;
    }

    private HostView() {
    }

    /** Rows for 1, 2, 4, … buffers and for {@code most}. */
    static List<Row> of(int most, int cpus, Loads loads, Machine machine, Search.Effort effort, long seed,
            Consumer<String> progress) throws IOException {
        final List<Row> rows = new ArrayList<>();
        for (int buffers = 1; buffers < 2 * most; buffers *= 2) {
            final int count = Math.min(buffers, most);
            final int writers = Math.max(1, (cpus + count - 1) / count);
            progress.accept("simulating " + count + (count == 1 ? " buffer" : " buffers"));
            final Double nanos = machine.sharing().get(writers);
            final double cost = nanos == null ? Double.NaN : nanos;
            final Load load = loads.of(count).on(machine);
            try {
                if (load.impossible() != null) {
                    throw new IllegalArgumentException(load.impossible());
                }
                rows.add(new Row(count, writers, new Search(load, machine, effort, seed, step -> { }).run().getFirst(),
                        null, cost));
            } catch (IllegalArgumentException none) {
                rows.add(new Row(count, writers, null, none.getMessage(), cost));
            }
        }
        return rows;
    }

    /** Counts of writers on one buffer that are worth measuring on a machine. */
    static SortedMap<Integer, Double> counts(int cpus) {
        final SortedMap<Integer, Double> counts = new TreeMap<>();
        for (int buffers = 1; buffers < 2 * cpus; buffers *= 2) {
            counts.put((cpus + Math.min(buffers, cpus) - 1) / Math.min(buffers, cpus), Double.NaN);
        }
        return counts;
    }
}
