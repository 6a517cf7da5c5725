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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The channel is closed while somebody writes, polls or closes it too. Is a record either in the buffer before its end
 * or refused as CLOSED, and does the consumer hang up only after the last one?
 *
 * <pre>
 *   ./relay stress -t Close
 *   ./relay stress --mutants -t Close
 * </pre>
 */
public class Close {
    private Close() {
    }

    /** A write against the closing. */
    @JCStressTest
    @Outcome(id = "0, 11, 1", expect = ACCEPTABLE, desc = "The record came first and is delivered.")
    @Outcome(id = "-6, 0, 1", expect = ACCEPTABLE, desc = "The record was refused.")
    @Outcome(id = {"0, 0, 1", "0, 0, 0", "0, -1, 0", "0, -1, 1"}, expect = FORBIDDEN,
            desc = "A record that was accepted is lost.")
    @Outcome(id = "-6, -1, 1", expect = FORBIDDEN, desc = "A record that was refused is there, or was not counted.")
    @Outcome(id = {"0, 11, 0", "-6, 0, 0"}, expect = FORBIDDEN, desc = "The consumer never learns of the end.")
    @Outcome(expect = FORBIDDEN, desc = "The write failed for another reason.")
    @State
    public static class AgainstWrite {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void writer(III_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r2 = cell.audit(1);
            r.r3 = cell.consumer.isDrained() ? 1 : 0;
        }
    }

    /** A consumer polls while the last record is written and the channel closed. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Nothing yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The record is ready.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "Hung up with a record unread.")
    @Outcome(expect = FORBIDDEN, desc = "No such readiness.")
    @State
    public static class AgainstPoll {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void writer() {
            cell.write(1, 4);
            cell.buffer.finish();
        }

        @Actor
        public void consumer(I_Result r) {
            Readiness found = Readiness.TIMED_OUT;
            for (int look = 0; look < Cell.LOOKS && found == Readiness.TIMED_OUT; look++) {
                found = cell.consumer.poll(0L);
            }
            r.r1 = found == Readiness.READABLE ? 1 : found == Readiness.HANG_UP ? -1 : 0;
        }
    }

    /** Two threads close. */
    @JCStressTest
    @Outcome(id = "1, 1, 11", expect = ACCEPTABLE, desc = "The sub-buffer was closed and delivered once.")
    @Outcome(id = {"1, 1, -1", "1, 0, -1"}, expect = FORBIDDEN,
            desc = "Both committed the padding; the second time it counts for the next lap.")
    @Outcome(id = {"2, 1, 11", "2, 1, -1"}, expect = FORBIDDEN, desc = "An empty sub-buffer was produced.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost.")
    @State
    public static class AgainstClose {
        private static final Pool POOL = Recording.pool(8, 4, 0, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public AgainstClose() {
            cell.write(1, 4);
        }

        @Actor
        public void first() {
            cell.buffer.finish();
        }

        @Actor
        public void second() {
            cell.buffer.finish();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r1 = (int) cell.geometry.sequence(cell.words.tailAcquire());
            r.r2 = cell.ends.get();
            r.r3 = cell.audit(1);
        }
    }
}
