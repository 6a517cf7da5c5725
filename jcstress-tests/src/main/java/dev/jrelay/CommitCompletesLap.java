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
 * The last two commits of a sub-buffer happen at once. Is there exactly one deliverer, which counts both records, and
 * is the commit word back at 0 before anybody of the next lap can add to it?
 *
 * <pre>
 *   ./relay stress -t CommitCompletesLap
 *   ./relay stress --mutants -t CommitCompletesLap
 * </pre>
 */
public class CommitCompletesLap {
    private CommitCompletesLap() {
    }

    /** Two records fill the sub-buffer; both writers commit. */
    @JCStressTest
    @Outcome(id = "1, 20", expect = ACCEPTABLE, desc = "Delivered once, with both records.")
    @Outcome(id = "0, -1", expect = FORBIDDEN, desc = "Not delivered: an add to the commit word was lost.")
    @Outcome(id = {"2, 20", "2, 40"}, expect = FORBIDDEN, desc = "Delivered twice: both writers saw the lap complete.")
    @Outcome(expect = FORBIDDEN, desc = "Delivered with a record missing or unwritten.")
    @State
    public static class TwoCommitters {
        private static final Pool POOL = Recording.pool(8, 2, 0, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(4);
        private final long second = cell.writer.reserve(4);

        @Actor
        public void first() {
            cell.complete(first, 1, 4);
        }

        @Actor
        public void second() {
            cell.complete(second, 2, 4);
        }

        @Arbiter
        public void look(II_Result r) {
            r.r1 = cell.ends.get();
            r.r2 = cell.words.deliveredAcquire(0) == 1L ? cell.audit(2) : -1;
        }
    }

    /** One commit is a record's, the other the padding of a flush. */
    @JCStressTest
    @Outcome(id = "1, 11", expect = ACCEPTABLE, desc = "Delivered once, one record and the padding.")
    @Outcome(id = "0, -1", expect = FORBIDDEN, desc = "Not delivered: an add to the commit word was lost.")
    @Outcome(id = "2, 11", expect = FORBIDDEN, desc = "Delivered twice.")
    @Outcome(expect = FORBIDDEN, desc = "The record or the padding was miscounted.")
    @State
    public static class PaddingCommitter {
        private static final Pool POOL = Recording.pool(8, 2, 0, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(4);

        @Actor
        public void writer() {
            cell.complete(reserved, 1, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Arbiter
        public void look(II_Result r) {
            r.r1 = cell.ends.get();
            r.r2 = cell.words.deliveredAcquire(0) == 1L ? cell.audit(1) : -1;
        }
    }

    /**
     * One sub-buffer, overwrite mode: as soon as it is delivered the next lap opens it and commits 4 bytes. A consumer
     * is said to sleep, so that the deliverer goes through {@code wake} as well.
     */
    @JCStressTest
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "The next lap came too early and was refused as STALLED.")
    @Outcome(id = "1, 4", expect = ACCEPTABLE, desc = "The next lap's commit is in the commit word.")
    @Outcome(id = "1, 0", expect = FORBIDDEN,
            desc = "The deliverer's reset of the commit word came after the delivery and wiped the next lap's commit.")
    @Outcome(expect = FORBIDDEN, desc = "The commit word of the lap before was not reset.")
    @State
    public static class NextLap {
        private static final Pool POOL = Pool.of(8, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(8);

        public NextLap() {
            cell.buffer.waiter.enter();
            cell.words.waitingVolatile(1L);
        }

        @Actor
        public void deliverer() {
            cell.complete(reserved, 1, 8);
        }

        @Actor
        public void nextLap(II_Result r) {
            r.r1 = cell.writeSoon(2, 4) < 0L ? -1 : 1;
        }

        @Arbiter
        public void look(II_Result r) {
            r.r2 = (int) cell.words.commitAcquire(0);
        }
    }
}
