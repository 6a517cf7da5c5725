// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads become the consumer of one buffer, enter the list of mapped readers, or let go of the memory while
 * another takes hold of it. Does one win where there is one place, and is memory in use never freed?
 *
 * <pre>
 *   ./relay stress -t ClaimsAndLease
 *   ./relay stress --mutants -t ClaimsAndLease
 * </pre>
 */
public class ClaimsAndLease {
    private ClaimsAndLease() {
    }

    /** Two would-be consumers. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first actor is the consumer.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The second actor is the consumer.")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The buffer has two consumers.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody got the free place.")
    @State
    public static class TwoConsumers {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        private int claim() {
            try {
                Claims.claimConsumer(cell.words, "cpu0");
                return 1;
            } catch (IllegalStateException taken) {
                return 0;
            }
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = claim();
        }
    }

    /** Two mapped readers enter the list. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The first actor has the first entry.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The second actor has the first entry.")
    @Outcome(id = {"0, 0", "1, 1"}, expect = FORBIDDEN,
            desc = "Two readers share an entry; the first to leave removes the other.")
    @Outcome(expect = FORBIDDEN, desc = "A free entry was passed over.")
    @State
    public static class TwoMappedReaders {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void first(II_Result r) {
            r.r1 = Claims.claimMapped(cell.words, "cpu0");
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = Claims.claimMapped(cell.words, "cpu0");
        }
    }

    /** The last holder lets go while a new one comes. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The new holder came in time; the memory stays.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The memory went first; the new holder was turned away.")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The memory was freed under a holder.")
    @Outcome(expect = FORBIDDEN, desc = "The memory stayed without a holder.")
    @State
    public static class LeaseAgainstRelease {
        private int freed;
        private final Lease lease = new Lease(1, () -> freed++);

        @Actor
        public void holder(II_Result r) {
            r.r1 = lease.acquire() ? 1 : 0;
        }

        @Actor
        public void last() {
            lease.release();
        }

        @Arbiter
        public void look(II_Result r) {
            r.r2 = freed;
        }
    }

    /** Two holders let go; the memory is freed once. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Freed once.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "Never freed.")
    @Outcome(expect = FORBIDDEN, desc = "Freed twice.")
    @State
    public static class TwoReleases {
        private int freed;
        private final Lease lease = new Lease(1, () -> freed++);

        public TwoReleases() {
            lease.acquire();
        }

        @Actor
        public void first() {
            lease.release();
        }

        @Actor
        public void second() {
            lease.release();
        }

        @Arbiter
        public void look(I_Result r) {
            r.r1 = freed;
        }
    }

    /** A channel that a consumer still reads is closed by two threads. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Closed once; the consumer's memory is there.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "Both let go of the memory: it was freed under the consumer.")
    @Outcome(expect = FORBIDDEN, desc = "The channel could not be closed.")
    @State
    public static class TwoCloses {
        private final Channel channel = open();
        private final Consumer consumer = channel.consumer(0);
        private final MemorySegment memory = channel.writer(0).data();

        private static Channel open() {
            try {
                return Channel.open(ChannelConfig.builder("cpu").bufferCount(1).subBufferSize(8).subBufferCount(1)
                        .preTouch(false).build());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Actor
        public void first() {
            close();
        }

        @Actor
        public void second() {
            close();
        }

        @Arbiter
        public void look(I_Result r) {
            r.r1 = memory.scope().isAlive() ? 1 : 0;
            if (r.r1 == 1) {
                consumer.close();
            }
        }
    }
}
