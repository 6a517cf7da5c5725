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
 * One writer finds too little room and closes the sub-buffer while another appends to it or opens the next. Is every
 * sub-buffer closed once, with the padding that its closer stored?
 *
 * <pre>
 *   ./relay stress -t CloseAgainstAppend
 *   ./relay stress --mutants -t CloseAgainstAppend
 * </pre>
 */
public class CloseAgainstAppend {
    private CloseAgainstAppend() {
    }

    /** 4 of 16 bytes are used; one writer appends 4, the other needs a whole sub-buffer. */
    @JCStressTest
    @Outcome(id = "4, 16, 2210", expect = ACCEPTABLE, desc = "The append came first.")
    @Outcome(id = "32, 16, 131013", expect = ACCEPTABLE,
            desc = "The closer came first and also opened the next sub-buffer.")
    @Outcome(id = "16, 32, 131310", expect = ACCEPTABLE,
            desc = "The closer came first, and the other writer opened the next sub-buffer.")
    @Outcome(id = "4, 16, 1310", expect = FORBIDDEN,
            desc = "The record appended was lost: the closer won a CAS on an old tail.")
    @Outcome(id = {"4, 16, -1", "32, 16, -1", "16, 32, -1"}, expect = FORBIDDEN,
            desc = "A record is torn or miscounted.")
    @Outcome(expect = FORBIDDEN,
            desc = "A writer was refused, or a sub-buffer has the wrong padding or was not delivered.")
    @State
    public static class AppenderAgainstCloser {
        private static final Pool POOL = Pool.of(16, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public AppenderAgainstCloser() {
            cell.write(3, 4);
        }

        @Actor
        public void appender(III_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void closer(III_Result r) {
            r.r2 = (int) cell.write(2, 16);
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r3 = cell.audit(3);
        }
    }

    /** One writer opens a sub-buffer, the other at once closes it for want of room: the closer's padding stands. */
    @JCStressTest
    @Outcome(id = "0, 8, 1110", expect = ACCEPTABLE, desc = "Opened, then closed with one unit of padding.")
    @Outcome(id = "8, 0, 1011", expect = ACCEPTABLE, desc = "The large record came first.")
    @Outcome(id = {"0, 8, 1010", "0, 8, -1"}, expect = FORBIDDEN,
            desc = "The opener wiped the padding that a faster closer had stored.")
    @Outcome(expect = FORBIDDEN, desc = "A record was lost, or a sub-buffer was not delivered.")
    @State
    public static class OpenerAgainstCloser {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void opener(III_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void closer(III_Result r) {
            r.r2 = (int) cell.write(2, 8);
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r3 = cell.audit(2);
        }
    }
}
