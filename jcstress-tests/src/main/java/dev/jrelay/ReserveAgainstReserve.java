// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two writers reserve at once. Does each byte get one owner, does exactly one writer open a sub-buffer, and is a
 * refusal decided on a tail that has moved thrown away?
 *
 * <pre>
 *   ./relay stress -t ReserveAgainstReserve
 *   ./relay stress --mutants -t ReserveAgainstReserve
 * </pre>
 */
public class ReserveAgainstReserve {
    private ReserveAgainstReserve() {
    }

    /** Both find an unopened sub-buffer: one opens it, the other appends. */
    @JCStressTest
    @Outcome(id = "0, 4", expect = ACCEPTABLE, desc = "The first actor opened the sub-buffer.")
    @Outcome(id = "4, 0", expect = ACCEPTABLE, desc = "The second actor opened the sub-buffer.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Two writers own the same bytes: both won one CAS on the tail.")
    @Outcome(expect = FORBIDDEN, desc = "A reservation was refused, or lies where nothing was free.")
    @State
    public static class SameSubBuffer {
        private static final Pool POOL = Pool.of(16, 2, Mode.NO_OVERWRITE);

        private final SharedWriter writer = POOL.take().writer;

        @Actor
        public void first(II_Result r) {
            r.r1 = (int) writer.reserve(4);
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = (int) writer.reserve(4);
        }
    }

    /** One unit is left: one of the two gets it, the other opens the next sub-buffer. */
    @JCStressTest
    @Outcome(id = "4, 8", expect = ACCEPTABLE, desc = "The first actor got the last unit.")
    @Outcome(id = "8, 4", expect = ACCEPTABLE, desc = "The second actor got the last unit.")
    @Outcome(id = "4, 4", expect = FORBIDDEN, desc = "Two writers own the last unit.")
    @Outcome(id = "8, 8", expect = FORBIDDEN, desc = "Two writers opened the next sub-buffer at its start.")
    @Outcome(expect = FORBIDDEN, desc = "A reservation was refused, crosses the boundary, or left a gap.")
    @State
    public static class LastUnit {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final SharedWriter writer = POOL.take().writer;

        public LastUnit() {
            writer.reserve(4);
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = (int) writer.reserve(4);
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = (int) writer.reserve(4);
        }
    }

    /**
     * Two writers that each fill a sub-buffer. The loser finds the slot of "its" sub-buffer 0 delivered by the winner,
     * which looks like a stalled lap to whoever trusts a tail that has moved.
     */
    @JCStressTest
    @Outcome(id = "0, 8", expect = ACCEPTABLE, desc = "The first actor filled sub-buffer 0, the second the next one.")
    @Outcome(id = "8, 0", expect = ACCEPTABLE, desc = "The second actor filled sub-buffer 0, the first the next one.")
    @Outcome(id = {"0, -3", "-3, 0"}, expect = FORBIDDEN,
            desc = "A false STALLED: a decision made on an old tail was not thrown away.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Both wrote into one sub-buffer.")
    @Outcome(expect = FORBIDDEN, desc = "A write failed for a reason that did not exist.")
    @State
    public static class Refusal {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void first(II_Result r) {
            r.r1 = (int) cell.write(1, 8);
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = (int) cell.write(2, 8);
        }
    }

    /** One sub-buffer, two writers that each fill it: the ring is full for the loser, or held by the winner. */
    @JCStressTest
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "The first actor filled it; the second was refused as FULL.")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "The second actor filled it; the first was refused as FULL.")
    @Outcome(id = {"0, -3", "-3, 0"}, expect = ACCEPTABLE, desc = "The winner had not delivered it yet: STALLED.")
    @Outcome(id = {"0, 0", "0, 8", "8, 0"}, expect = FORBIDDEN,
            desc = "Both wrote into the one sub-buffer that there is.")
    @Outcome(expect = FORBIDDEN, desc = "A write failed for a reason that did not exist.")
    @State
    public static class NoRoom {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void first(II_Result r) {
            r.r1 = (int) cell.write(1, 8);
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = (int) cell.write(2, 8);
        }
    }
}
