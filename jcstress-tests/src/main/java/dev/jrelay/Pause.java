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
 * The channel is paused while somebody writes, closes or resumes. Does a writer that was refused stay refused, is no
 * reservation lost to the CAS on the flag, and is no other flag lost?
 *
 * <pre>
 *   ./relay stress -t Pause
 *   ./relay stress --mutants -t Pause
 * </pre>
 */
public class Pause {
    private Pause() {
    }

    /** Two writes in a row against a pause. */
    @JCStressTest
    @Outcome(id = "11, 22, 1", expect = ACCEPTABLE, desc = "Paused after both. (Records, then units of padding.)")
    @Outcome(id = "10, 13, 1", expect = ACCEPTABLE, desc = "Paused between the two.")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Paused before both.")
    @Outcome(id = "1, 13, 1", expect = FORBIDDEN, desc = "A write went through after an earlier one was refused.")
    @Outcome(id = {"11, 13, 1", "11, -1, 1", "10, -1, 1", "10, 0, 1"}, expect = FORBIDDEN,
            desc = "A reservation was lost: the pause stored an old tail.")
    @Outcome(id = {"11, 22, 0", "10, 13, 0", "0, 0, 0"}, expect = FORBIDDEN,
            desc = "The pause was lost: a writer stored an old tail.")
    @Outcome(expect = FORBIDDEN, desc = "Writers and pause disagree.")
    @State
    public static class AgainstWrite {
        private static final Pool POOL = Pool.of(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void writer(III_Result r) {
            final int first = cell.write(1, 4) >= 0L ? 10 : 0;
            r.r1 = first + (cell.write(2, 4) >= 0L ? 1 : 0);
        }

        @Actor
        public void pauser() {
            cell.buffer.pause(true);
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r2 = cell.audit(2);
            r.r3 = (cell.words.tailAcquire() & Geometry.PAUSED) != 0L ? 1 : 0;
        }
    }

    /** Pause and close set two flags of one word; a tail that is finalized is paused no more. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Paused, then closed.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Closed first; the pause left it alone.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The channel is open again: the pause stored an old tail.")
    @Outcome(expect = FORBIDDEN, desc = "Both are lost.")
    @State
    public static class AgainstClose {
        private static final Pool POOL = Pool.of(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void pauser() {
            cell.buffer.pause(true);
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void look(II_Result r) {
            final long tail = cell.words.tailAcquire();
            r.r1 = (tail & Geometry.PAUSED) != 0L ? 1 : 0;
            r.r2 = (tail & Geometry.FINALIZED) != 0L ? 1 : 0;
        }
    }
}
