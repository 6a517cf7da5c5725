// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nobody: what the benchmark itself costs, contained in every other row. */
final class Harness {
    /** Among the subjects. */
    static final String NONE = "none";
    /** Among the events with a time: the clock that the others read too. */
    static final String CLOCK = "clock";

    static final List<Peer> PEERS = List.of(
            Peer.other(NONE, "the benchmark alone").as(Subject.class, setting -> new Counts(), Group.ONE_WRITER,
                    Group.MANY_WRITERS, Group.ONE_BUFFER, Group.OWN_BUFFERS, Group.IN_PLACE),
            Peer.other(CLOCK, "the clock alone").as(Timed.class, setting -> new Clock(), Group.TIMED));

    private Harness() {
    }

    /** Each writer counts messages and keeps none. */
    private static final class Counts extends Subject {
        private final List<Side> sides = new CopyOnWriteArrayList<>();
        private long drained;

        @Override
        Writer newWriter() {
            final Side side = new Side();
            sides.add(side);
            return side;
        }

        @Override
        long drain() {
            final long written = sides.stream().mapToLong(Side::written).sum();
            final long taken = written - drained;
            drained = written;
            return taken;
        }
    }

    /**
     * The count is an opaque store for each message, which the compiler can neither drop nor join with the next one; in
     * the middle of an array, so that no two writers' counts share a cache line.
     */
    private static final class Side extends Subject.Writer {
        private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int PADDED = 32;
        private static final int AT = PADDED / 2;

        private final long[] counts = new long[PADDED];

        long written() {
            return (long) ELEMENT.getOpaque(counts, AT);
        }

        @Override
        int write(int count) {
            final long[] to = counts;
            for (int i = 0; i < count; i++) {
                ELEMENT.setOpaque(to, AT, to[AT] + 1L);
            }
            return count;
        }

        @Override
        int events(int count) {
            return write(count);
        }
    }

    private static final class Clock extends Timed {
        @Override
        long events(int count) {
            long sum = 0L;
            for (int i = 0; i < count; i++) {
                sum += System.nanoTime();
            }
            return sum;
        }
    }
}
