// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads lose, abort or overwrite records at once. Are the counters exact?
 *
 * <pre>
 *   ./relay stress -t LossCounters
 *   ./relay stress --mutants -t LossCounters
 * </pre>
 */
public class LossCounters {
    private LossCounters() {
    }

    /** Two writers are refused by a full buffer. */
    @JCStressTest
    @Outcome(id = "2, 12", expect = ACCEPTABLE, desc = "Both losses are counted.")
    @Outcome(id = {"1, 12", "2, 8", "2, 4", "1, 8", "1, 4"}, expect = FORBIDDEN,
            desc = "A loss was not counted: the counter's add is not atomic.")
    @Outcome(expect = FORBIDDEN, desc = "The losses were counted under another cause.")
    @State
    public static class Full {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public Full() {
            cell.write(3, 8);
        }

        @Actor
        public void first() {
            cell.write(1, 4);
        }

        @Actor
        public void second() {
            cell.write(2, 8);
        }

        @Arbiter
        public void count(II_Result r) {
            final BufferStats stats = cell.buffer.statsSinceOpen();
            r.r1 = (int) stats.lost(Loss.FULL).records();
            r.r2 = (int) stats.lost(Loss.FULL).bytes();
        }
    }

    /** Two writers go round a ring of two: each sub-buffer they overwrite is counted by the one that took it. */
    @JCStressTest
    @Outcome(id = "4, 2", expect = ACCEPTABLE, desc = "Two records written, two overwritten, none twice.")
    @Outcome(id = "4, 1", expect = ACCEPTABLE, desc = "One of the writers met the other's uncommitted sub-buffer.")
    @Outcome(id = {"5, 3", "4, 3"}, expect = FORBIDDEN, desc = "One sub-buffer was counted as overwritten twice.")
    @Outcome(id = "3, 1", expect = FORBIDDEN, desc = "A sub-buffer was overwritten and not counted.")
    @Outcome(expect = FORBIDDEN, desc = "The counters are off.")
    @State
    public static class Overwritten {
        private static final Pool POOL = Pool.of(8, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();

        public Overwritten() {
            cell.write(3, 8);
            cell.write(4, 8);
        }

        @Actor
        public void first() {
            cell.write(1, 8);
        }

        @Actor
        public void second() {
            cell.write(2, 8);
        }

        @Arbiter
        public void count(II_Result r) {
            final BufferStats stats = cell.buffer.statsSinceOpen();
            r.r1 = (int) stats.attempted().records();
            r.r2 = (int) stats.overwritten().records();
        }
    }

    /** Two reservations are aborted. */
    @JCStressTest
    @Outcome(id = "2, 8", expect = ACCEPTABLE, desc = "Both are counted.")
    @Outcome(id = {"1, 8", "2, 4", "1, 4"}, expect = FORBIDDEN, desc = "An abort was not counted.")
    @Outcome(expect = FORBIDDEN, desc = "The counters are off.")
    @State
    public static class Aborted {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(4);
        private final long second = cell.writer.reserve(4);

        @Actor
        public void first() {
            cell.writer.abort(first, 4);
        }

        @Actor
        public void second() {
            cell.writer.abort(second, 4);
        }

        @Arbiter
        public void count(II_Result r) {
            final BufferStats stats = cell.buffer.statsSinceOpen();
            r.r1 = (int) stats.aborted().records();
            r.r2 = (int) stats.aborted().bytes();
        }
    }
}
