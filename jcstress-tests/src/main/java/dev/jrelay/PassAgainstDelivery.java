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

/**
 * A consumer passes the sub-buffer that a reservation holds at the moment in which that is committed. Does one of the
 * two account for it, and is its memory not used again before the commit?
 *
 * <pre>
 *   ./relay stress -t PassAgainstDelivery
 *   ./relay stress --mutants -t PassAgainstDelivery
 * </pre>
 */
public class PassAgainstDelivery {
    private PassAgainstDelivery() {
    }

    /** One record, closed by a flush before it is committed. */
    @JCStressTest
    @Outcome(id = "0, 0, 11", expect = ACCEPTABLE, desc = "It was delivered first, and is there to be consumed.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "It was passed; its deliverer counted it as skipped.")
    @Outcome(id = {"1, 0, 0", "1, 0, -1"}, expect = FORBIDDEN, desc = "It was passed and nobody counted it.")
    @Outcome(id = {"0, 1, 11", "1, 1, 11", "1, 1, -1", "0, 1, -1"}, expect = FORBIDDEN, desc = "Both account for it.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost.")
    @State
    public static class Account {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long held = cell.writer.reserve(4);

        public Account() {
            cell.buffer.flush();
        }

        @Actor
        public void consumer(III_Result r) {
            r.r1 = cell.consumer.pass() ? 1 : 0;
        }

        @Actor
        public void deliverer() {
            cell.complete(held, 1, 4);
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r2 = (int) cell.buffer.statsSinceOpen().skipped().records();
            r.r3 = cell.audit(1);
        }
    }

    /** One sub-buffer, overwrite mode: who has passed it wants its memory at once, and gets it after the commit. */
    @JCStressTest
    @Outcome(id = "-3, 1, 1", expect = ACCEPTABLE, desc = "Held still: STALLED.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The memory was used again after the commit.")
    @Outcome(id = {"1, -1, 1", "1, 2, 1", "1, -1, 0", "1, 2, 0"}, expect = FORBIDDEN,
            desc = "The next lap wrote over an open reservation.")
    @Outcome(id = {"-3, 1, 0", "1, 1, 0"}, expect = FORBIDDEN, desc = "A record was counted twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "A write failed for a reason that did not exist.")
    @State
    public static class Reuse {
        private static final Pool POOL = Pool.of(Cell.LARGE, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final long held = cell.writer.reserve(Cell.LARGE / 2);

        public Reuse() {
            cell.buffer.flush();
        }

        @Actor
        public void nextLap(III_Result r) {
            cell.consumer.pass();
            final long position = cell.write(2, Cell.LARGE / 2);
            r.r1 = position < 0L ? (int) position : 1;
        }

        @Actor
        public void holder(III_Result r) {
            cell.fill(held, 1, Cell.LARGE / 2);
            r.r2 = cell.tagAt(held, Cell.LARGE / 2);
            cell.writer.commit(held, Cell.LARGE / 2);
        }

        @Arbiter
        public void account(III_Result r) {
            r.r3 = cell.attempted() == 2 ? 1 : 0;
        }
    }

    /** The same, but the holder itself goes on into the next lap: it finds the sub-buffer passed, or takes it away. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Passed; the deliverer counted it as skipped.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Delivered first, then overwritten.")
    @Outcome(id = {"0, 1, 0", "1, 1, 0"}, expect = FORBIDDEN,
            desc = "Counted as skipped by its deliverer and as overwritten by who found it at consumed still.")
    @Outcome(expect = FORBIDDEN, desc = "The next lap failed, although the sub-buffer was delivered.")
    @State
    public static class NextLap {
        private static final Pool POOL = Pool.of(8, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final long held = cell.writer.reserve(4);

        public NextLap() {
            cell.buffer.flush();
        }

        @Actor
        public void consumer(III_Result r) {
            r.r1 = cell.consumer.pass() ? 1 : 0;
        }

        @Actor
        public void holder(III_Result r) {
            cell.complete(held, 1, 4);
            r.r2 = cell.write(2, 4) < 0L ? -1 : 1;
        }

        @Arbiter
        public void account(III_Result r) {
            r.r3 = cell.attempted() == 2 ? 1 : 0;
        }
    }
}
