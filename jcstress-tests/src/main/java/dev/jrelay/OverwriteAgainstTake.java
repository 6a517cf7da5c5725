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
 * Overwrite mode, everything full: the consumer copies the oldest sub-buffer while a writer takes it away and writes
 * over it. Does the consuming CAS validate the copy, and does whoever moves {@code consumed} account for it, once?
 *
 * <pre>
 *   ./relay stress -t OverwriteAgainstTake
 *   ./relay stress --mutants -t OverwriteAgainstTake
 * </pre>
 */
public class OverwriteAgainstTake {
    private OverwriteAgainstTake() {
    }

    /** Two sub-buffers of one record each; the writer needs the first one's memory. */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE,
            desc = "The consumer took the oldest sub-buffer before it was overwritten.")
    @Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "It was overwritten; the consumer went on with the next one.")
    @Outcome(id = "2, 3, 1", expect = ACCEPTABLE, desc = "The consumer jumped ahead to the newest one.")
    @Outcome(id = "-1, 0, 1", expect = ACCEPTABLE,
            desc = "The consumer jumped ahead and nothing newer was delivered yet.")
    @Outcome(id = {"0, -1, 1", "1, -1, 1", "2, -1, 1"}, expect = FORBIDDEN, desc = "A torn copy passed the validation.")
    @Outcome(id = "0, 3, 1", expect = FORBIDDEN, desc = "The new record passed for the old one.")
    @Outcome(id = {"0, 1, 0", "1, 2, 0", "2, 3, 0", "-1, 0, 0"}, expect = FORBIDDEN,
            desc = "A sub-buffer was accounted for twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "The copy is of a sub-buffer that was never written.")
    @State
    public static class Take {
        private static final Pool POOL = Pool.of(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();

        public Take() {
            cell.write(1, Cell.LARGE);
            cell.write(2, Cell.LARGE);
        }

        @Actor
        public void consumer(III_Result r) {
            final SubBuffer next = cell.consumer.next();
            r.r1 = next == null ? -1 : (int) next.sequence();
            r.r2 = next == null ? 0 : Cell.tag(next);
        }

        @Actor
        public void writer() {
            cell.write(3, Cell.LARGE);
        }

        @Arbiter
        public void account(III_Result r) {
            r.r3 = cell.attempted() == 3L ? 1 : 0;
        }
    }

    /** The consumer reads a part of a sub-buffer with {@code read} and keeps its place in it. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Read before it was overwritten.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "Overwritten; read from the next one.")
    @Outcome(id = "-1, 1", expect = FORBIDDEN, desc = "A torn read was returned.")
    @Outcome(id = "3, 1", expect = FORBIDDEN, desc = "The new record passed for the old one.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Nothing was read.")
    @Outcome(id = {"0, 0", "1, 0", "2, 0", "-1, 0"}, expect = FORBIDDEN,
            desc = "A sub-buffer was accounted for twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "Bytes that were never written were read.")
    @State
    public static class Read {
        private static final Pool POOL = Pool.of(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final byte[] target = new byte[Cell.LARGE - 16];

        public Read() {
            cell.write(1, Cell.LARGE);
            cell.write(2, Cell.LARGE);
        }

        @Actor
        public void consumer(II_Result r) {
            final int count = cell.consumer.stream().read(target, 0, target.length);
            r.r1 = count == 0 ? 0 : Cell.tag(target, count);
        }

        @Actor
        public void writer() {
            cell.write(3, Cell.LARGE);
        }

        @Arbiter
        public void account(II_Result r) {
            r.r2 = cell.attempted() == 3L ? 1 : 0;
        }
    }
}
