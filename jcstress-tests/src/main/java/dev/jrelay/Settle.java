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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The channel is closed while the last reservations are committed. A deliverer stores {@code delivered} and looks at
 * {@code closed}, a closer stores {@code closed} and looks at {@code delivered} (Dekker): does one of them let go of
 * the memory, once, and not under a commit?
 *
 * <pre>
 *   ./relay stress -t Settle
 *   ./relay stress --mutants -t Settle
 * </pre>
 */
public class Settle {
    private Settle() {
    }

    /** The last commit against the close. */
    @JCStressTest
    @Outcome(id = "0, 1, 11", expect = ACCEPTABLE, desc = "The memory lived until the commit, and no longer.")
    @Outcome(id = {"1, 1, 11", "1, 1, -1"}, expect = FORBIDDEN, desc = "The memory was freed under a reservation.")
    @Outcome(id = "0, 0, 11", expect = FORBIDDEN, desc = "Neither saw the other: the memory is never freed.")
    @Outcome(id = "0, 2, 11", expect = FORBIDDEN, desc = "Freed twice.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost.")
    @State
    public static class CommitAgainstClose {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(4);

        @Actor
        public void writer(III_Result r) {
            cell.fill(reserved, 1, 4);
            r.r1 = cell.settled.get();
            cell.writer.commit(reserved, 4);
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r2 = cell.settled.get();
            r.r3 = cell.audit(1);
        }
    }

    /** After the close, the last two commits. */
    @JCStressTest
    @Outcome(id = "1, 1010", expect = ACCEPTABLE, desc = "The last of them let go of the memory.")
    @Outcome(id = "0, 1010", expect = FORBIDDEN, desc = "Neither saw the other: the memory is never freed.")
    @Outcome(id = "2, 1010", expect = FORBIDDEN, desc = "Freed twice.")
    @Outcome(expect = FORBIDDEN, desc = "A record is lost.")
    @State
    public static class TwoCommits {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(8);
        private final long second = cell.writer.reserve(8);

        public TwoCommits() {
            cell.buffer.finish();
        }

        @Actor
        public void first() {
            cell.complete(first, 1, 8);
        }

        @Actor
        public void second() {
            cell.complete(second, 2, 8);
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r1 = cell.settled.get();
            r.r2 = cell.audit(2);
        }
    }

    /** The last commit, in a sub-buffer that was passed, against the close. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The memory lived until the commit, and no longer.")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "Neither saw the other: the memory is never freed.")
    @Outcome(id = "2, 1", expect = FORBIDDEN, desc = "Freed twice.")
    @Outcome(expect = FORBIDDEN, desc = "The record was not counted as skipped.")
    @State
    public static class PassedAgainstClose {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long held = cell.writer.reserve(4);

        public PassedAgainstClose() {
            cell.buffer.flush();
            cell.consumer.pass();
        }

        @Actor
        public void writer() {
            cell.complete(held, 1, 4);
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void account(II_Result r) {
            r.r1 = cell.settled.get();
            r.r2 = (int) cell.buffer.statsSinceOpen().skipped().records();
        }
    }

    /** The words only: the tail is final already, and what is left are the two stores and the two looks. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "One of them let go of the memory.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "Neither saw the other: the memory is never freed.")
    @Outcome(expect = FORBIDDEN, desc = "Freed twice.")
    @State
    public static class DeliveryAgainstHangUp {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(8);

        public DeliveryAgainstHangUp() {
            makeTailFinal(cell);
        }

        @Actor
        public void writer() {
            cell.writer.commit(reserved, 8);
        }

        @Actor
        public void closer() {
            cell.buffer.protocol.hangUp();
        }

        @Arbiter
        public void look(I_Result r) {
            r.r1 = cell.settled.get();
        }
    }

    /** The same, when the sub-buffer was passed. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "One of them let go of the memory.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "Neither saw the other: the memory is never freed.")
    @Outcome(expect = FORBIDDEN, desc = "Freed twice.")
    @State
    public static class PassedAgainstHangUp {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(8);

        public PassedAgainstHangUp() {
            makeTailFinal(cell);
            cell.consumer.pass();
        }

        @Actor
        public void writer() {
            cell.writer.commit(reserved, 8);
        }

        @Actor
        public void closer() {
            cell.buffer.protocol.hangUp();
        }

        @Arbiter
        public void look(I_Result r) {
            r.r1 = cell.settled.get();
        }
    }

    /** The first step of a close. */
    private static void makeTailFinal(Cell cell) {
        final long tail = cell.words.tailAcquire();
        cell.words.casTail(tail, tail | Geometry.FINALIZED);
    }
}
