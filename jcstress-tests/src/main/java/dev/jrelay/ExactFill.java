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
 * A record fills its sub-buffer to the last byte while another writer comes for the same room. Does the filler close
 * the sub-buffer with padding 0, once, and does the other go on in the next one? Also where the sequence wraps.
 *
 * <pre>
 *   ./relay stress -t ExactFill
 *   ./relay stress --mutants -t ExactFill
 * </pre>
 */
public class ExactFill {
    private ExactFill() {
    }

    /** Half a sub-buffer is left, and two writers want it. */
    @JCStressTest
    @Outcome(id = "4, 8, 2011", expect = ACCEPTABLE,
            desc = "The first actor filled the sub-buffer, the second opened the next.")
    @Outcome(id = "8, 4, 2011", expect = ACCEPTABLE,
            desc = "The second actor filled the sub-buffer, the first opened the next.")
    @Outcome(id = "4, 4, -1", expect = FORBIDDEN, desc = "Two writers own the last unit.")
    @Outcome(id = {"4, 8, -1", "8, 4, -1"}, expect = FORBIDDEN, desc = "A record was torn, lost or counted twice.")
    @Outcome(id = {"4, 8, 11", "8, 4, 11"}, expect = FORBIDDEN, desc = "The filled sub-buffer was never delivered.")
    @Outcome(expect = FORBIDDEN,
            desc = "The sub-buffer that was filled exactly has padding, or a record is missing from it.")
    @State
    public static class TwoWriters {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public TwoWriters() {
            cell.write(3, 4);
        }

        @Actor
        public void first(III_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = (int) cell.write(2, 4);
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r3 = cell.audit(3);
        }
    }

    /** The same across the largest sequence: the next sub-buffer has number 0 again. */
    @JCStressTest
    @Outcome(id = "1, 0, 2011", expect = ACCEPTABLE,
            desc = "The first actor filled the last sub-buffer, the second opened number 0.")
    @Outcome(id = "0, 1, 2011", expect = ACCEPTABLE,
            desc = "The second actor filled the last sub-buffer, the first opened number 0.")
    @Outcome(id = {"0, 0, -1", "1, 1, -1"}, expect = FORBIDDEN, desc = "Two writers own the same bytes.")
    @Outcome(expect = FORBIDDEN,
            desc = "The wrap of the sequence was taken for a full or stalled buffer, or lost a record.")
    @State
    public static class AcrossTheWrap {
        private static final Pool POOL = Pool.wrapping(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public AcrossTheWrap() {
            cell.write(3, 4);
        }

        private int wrapped(long position) {
            return position < 0L ? (int) position : position == 0L ? 0 : 1;
        }

        @Actor
        public void first(III_Result r) {
            r.r1 = wrapped(cell.write(1, 4));
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = wrapped(cell.write(2, 4));
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r3 = cell.audit(3);
        }
    }

    /** The slot holds the padding of an earlier lap; the filler replaces it before its own commit. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Two records, no padding, whoever committed last.")
    @Outcome(id = "2, 4", expect = FORBIDDEN,
            desc = "The padding of the lap before: it was stored after the commit that completed the sub-buffer, or "
                    + "not at all.")
    @Outcome(expect = FORBIDDEN, desc = "A record was lost, or the sub-buffer was not delivered.")
    @State
    public static class OldPadding {
        private static final Pool POOL = Pool.of(8, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved;

        public OldPadding() {
            cell.write(3, 4);
            cell.buffer.flush();
            cell.consume();
            reserved = cell.writer.reserve(4);
        }

        @Actor
        public void committer() {
            cell.complete(reserved, 1, 4);
        }

        @Actor
        public void filler() {
            cell.write(2, 4);
        }

        @Arbiter
        public void look(II_Result r) {
            final SubBuffer next = cell.consumer.next();
            r.r1 = next == null ? -1 : next.records();
            r.r2 = next == null ? -1 : next.padding();
        }
    }
}
