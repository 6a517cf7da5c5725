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
 * No-overwrite mode, everything full: the consumer reads the oldest sub-buffer in place and reports it consumed while a
 * writer waits for just that. Does the writer get the memory only after the consumer's last read?
 *
 * <pre>
 *   ./relay stress -t ConsumeAgainstReserve
 *   ./relay stress --mutants -t ConsumeAgainstReserve
 * </pre>
 */
public class ConsumeAgainstReserve {
    private ConsumeAgainstReserve() {
    }

    /** One sub-buffer. */
    @JCStressTest
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The writer was refused as FULL.")
    @Outcome(id = "1, 8", expect = ACCEPTABLE, desc = "The writer got the sub-buffer after it was consumed.")
    @Outcome(id = "2, 8", expect = FORBIDDEN,
            desc = "The consumer read what the writer wrote: the sub-buffer was reused while it was read.")
    @Outcome(id = "-1, 8", expect = FORBIDDEN, desc = "The consumer's bytes changed under it.")
    @Outcome(id = {"0, 8", "0, -1"}, expect = FORBIDDEN, desc = "A sub-buffer that was delivered was not found ready.")
    @Outcome(expect = FORBIDDEN,
            desc = "The writer failed although the sub-buffer was free, or the consumer lost its sub-buffer.")
    @State
    public static class LastFree {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public LastFree() {
            cell.write(1, 8);
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.consumer.next();
            r.r1 = next == null ? 0 : Cell.tag(next);
            cell.consumer.subBuffersConsumed(1);
        }

        @Actor
        public void writer(II_Result r) {
            r.r2 = (int) cell.writeSoon(2, 8);
        }
    }

    /** The consumer reports all that it may have seen while a writer delivers: never more than the delivered prefix. */
    @JCStressTest
    @Outcome(id = "1, 110", expect = ACCEPTABLE, desc = "Only the sub-buffer that was ready at the start was consumed.")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both were consumed.")
    @Outcome(id = {"2, 110", "2, -1"}, expect = FORBIDDEN, desc = "A sub-buffer was consumed before it was delivered.")
    @Outcome(expect = FORBIDDEN, desc = "A sub-buffer was consumed twice or not at all.")
    @State
    public static class OverReport {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved;

        public OverReport() {
            cell.write(1, 8);
            reserved = cell.writer.reserve(8);
        }

        @Actor
        public void consumer(II_Result r) {
            cell.consumer.next();
            cell.consumer.peek(1);
            r.r1 = cell.consumer.subBuffersConsumed(2);
        }

        @Actor
        public void writer() {
            cell.complete(reserved, 2, 8);
        }

        @Arbiter
        public void audit(II_Result r) {
            final int left = cell.audit(2);
            r.r2 = left > 0 ? 100 + left : left;
        }
    }
}
