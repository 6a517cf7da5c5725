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
 * Two threads flush at once. Is the sub-buffer closed by one of them only?
 *
 * <pre>
 *   ./relay stress -t FlushAgainstFlush
 *   ./relay stress --mutants -t FlushAgainstFlush
 * </pre>
 */
public class FlushAgainstFlush {
    private FlushAgainstFlush() {
    }

    /** One record is in the current sub-buffer. */
    @JCStressTest
    @Outcome(id = "1, 1, 11", expect = ACCEPTABLE, desc = "Closed and delivered once.")
    @Outcome(id = {"1, 1, -1", "1, 0, -1"}, expect = FORBIDDEN,
            desc = "Both committed the padding; the second time it counts for the next lap.")
    @Outcome(id = "1, 2, 11", expect = FORBIDDEN, desc = "Delivered twice.")
    @Outcome(id = {"2, 1, 11", "2, 1, -1"}, expect = FORBIDDEN, desc = "An empty sub-buffer was produced.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost or the padding wrong.")
    @State
    public static class TwoFlushers {
        private static final Pool POOL = Recording.pool(8, 4, 0, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public TwoFlushers() {
            cell.write(1, 4);
        }

        @Actor
        public void first() {
            cell.buffer.flush();
        }

        @Actor
        public void second() {
            cell.buffer.flush();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r1 = (int) cell.geometry.sequence(cell.words.tailAcquire());
            r.r2 = cell.ends.get();
            r.r3 = cell.audit(1);
        }
    }
}
