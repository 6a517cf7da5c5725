// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A reset drops what is there while somebody writes or reads. Is every record in exactly one place afterwards, skipped,
 * delivered or pending?
 *
 * <pre>
 *   ./relay stress -t Reset
 *   ./relay stress --mutants -t Reset
 * </pre>
 */
public class Reset {
    private Reset() {
    }

    /** One sub-buffer is ready; a writer adds a record. */
    @JCStressTest
    @Outcome(id = {"1, 11", "1, 0"}, expect = ACCEPTABLE,
            desc = "The first record was skipped; the writer's is delivered later, or was dropped as well.")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both were skipped.")
    @Outcome(id = {"0, 10", "0, 1011"}, expect = FORBIDDEN, desc = "Nothing was skipped.")
    @Outcome(id = {"1, -1", "2, -1", "0, -1"}, expect = FORBIDDEN, desc = "A record was counted twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "A record was lost or appeared from nowhere.")
    @State
    public static class AgainstWrite {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public AgainstWrite() {
            cell.write(1, 8);
        }

        @Actor
        public void writer() {
            cell.write(2, 4);
        }

        @Actor
        public void reset() {
            cell.buffer.reset();
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r1 = (int) cell.buffer.statsSinceOpen().skipped().records();
            r.r2 = cell.audit(2);
        }
    }

    /** The consumer is in the middle of the sub-buffer that the reset drops. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The consumer consumed it.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The reset dropped it.")
    @Outcome(id = "1, 1", expect = FORBIDDEN,
            desc = "Both account for it: two threads moved consumed over one sub-buffer.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Nobody accounts for it.")
    @Outcome(expect = FORBIDDEN, desc = "The counters are off.")
    @State
    public static class AgainstConsumer {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public AgainstConsumer() {
            cell.write(1, 8);
        }

        @Actor
        public void consumer(II_Result r) {
            r.r1 = cell.consume();
        }

        @Actor
        public void reset() {
            cell.buffer.reset();
        }

        @Arbiter
        public void account(II_Result r) {
            r.r2 = (int) cell.buffer.statsSinceOpen().skipped().records();
        }
    }

    /** An exclusive buffer: one sub-buffer is ready, one is the owner's, who writes on. */
    @JCStressTest
    @Outcome(id = {"0, 1, 1313", "0, 1, 22"}, expect = ACCEPTABLE,
            desc = "The one that was ready was skipped; what is the owner's stays, and the reset says so.")
    @Outcome(id = {"0, 2, 13", "1, 2, 13"}, expect = ACCEPTABLE,
            desc = "The owner obeyed the flush in time: both were skipped.")
    @Outcome(id = {"1, 1, 1313", "1, 1, 22"}, expect = FORBIDDEN, desc = "A record stays, and the reset denies it.")
    @Outcome(expect = FORBIDDEN, desc = "A record was counted twice or not at all.")
    @State
    public static class OfExclusive {
        private static final Pool POOL = Pool.exclusive(16, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public OfExclusive() {
            Cell.write(writer, 1, 16);
            Cell.write(writer, 2, 4);
        }

        @Actor
        public void owner() {
            Cell.write(writer, 3, 4);
        }

        @Actor
        public void reset(III_Result r) {
            r.r1 = cell.buffer.reset() ? 1 : 0;
        }

        @Arbiter
        public void audit(III_Result r) {
            writer.flush();
            r.r2 = (int) cell.buffer.statsSinceOpen().skipped().records();
            r.r3 = cell.audit(3);
        }
    }
}
