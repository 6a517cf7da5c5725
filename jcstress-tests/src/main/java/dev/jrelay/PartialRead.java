// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A reader copies the committed beginning of a sub-buffer that is still being written. Does it get a prefix without
 * holes, of this lap, and is it told when the lap has gone?
 *
 * <pre>
 *   ./relay stress -t PartialRead
 *   ./relay stress --mutants -t PartialRead
 * </pre>
 */
public class PartialRead {
    private PartialRead() {
    }

    /** Two records are reserved; the later one is committed first. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nothing: there is a hole, or nothing was committed yet.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both records.")
    @Outcome(id = {"0, 2", "2, 0", "0, -1"}, expect = FORBIDDEN,
            desc = "Bytes of a reserved record that was not written yet were returned.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The second record's bytes were not visible.")
    @Outcome(expect = FORBIDDEN, desc = "A torn record was returned.")
    @State
    public static class Holes {
        private static final Pool POOL = Pool.of(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(4);
        private final long second = cell.writer.reserve(4);
        private final byte[] target = new byte[8];

        @Actor
        public void writer() {
            cell.complete(second, 2, 4);
            cell.complete(first, 1, 4);
        }

        @Actor
        public void reader(II_Result r) {
            int count = 0;
            for (int look = 0; look < Cell.LOOKS && count == 0; look++) {
                count = cell.consumer.stream().read(target, 0, target.length);
            }
            r.r1 = target[0];
            r.r2 = count == 0 ? 0 : count == 8 ? target[4] : -1;
        }
    }

    /** A record is written behind another one. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nothing: the second record was reserved at each look.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first record.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both records.")
    @Outcome(id = {"1, 1", "1, -1"}, expect = FORBIDDEN, desc = "The second was published before it was written.")
    @Outcome(expect = FORBIDDEN, desc = "A record that nobody wrote.")
    @State
    public static class Behind {
        private static final Pool POOL = Pool.of(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final byte[] target = new byte[8];

        public Behind() {
            cell.write(1, 4);
        }

        @Actor
        public void writer() {
            cell.write(2, 4);
        }

        @Actor
        public void reader(II_Result r) {
            final int count = cell.readSoon(target);
            r.r1 = target[0];
            r.r2 = count == 8 && target[4] == 0 ? -1 : target[4];
        }
    }

    /**
     * A straggler completes the lap before while a reader asks for the stable prefix of the sub-buffer that comes next
     * in its slot; that one is opened, but its record is not committed.
     */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "No prefix.")
    @Outcome(id = "4", expect = FORBIDDEN, desc = "The commit word of the lap before was taken for this lap's.")
    @Outcome(expect = FORBIDDEN, desc = "A prefix of something else.")
    @State
    public static class LapBefore {
        private static final Pool POOL = Pool.of(8, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final long straggler;

        public LapBefore() {
            cell.write(1, 4);
            straggler = cell.writer.reserve(4);
        }

        @Actor
        public void writer() {
            cell.complete(straggler, 1, 4);
            cell.writer.reserve(4);
        }

        @Actor
        public void reader(I_Result r) {
            int prefix = 0;
            for (int look = 0; look < Cell.LOOKS && prefix == 0; look++) {
                prefix = (int) cell.buffer.window.stablePrefix(1L);
            }
            r.r1 = prefix;
        }
    }

    /** Overwrite mode, one sub-buffer: the prefix is read while the writer closes it and goes over it. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Nothing.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The prefix before it was overwritten.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The beginning of the new sub-buffer.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "A torn prefix was returned: the overwriting was not noticed.")
    @Outcome(expect = FORBIDDEN, desc = "Bytes that were never written were read.")
    @State
    public static class Overwritten {
        private static final Pool POOL = Pool.of(Cell.LARGE, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final byte[] target = new byte[Cell.LARGE - 16];

        public Overwritten() {
            cell.write(1, Cell.LARGE - 16);
        }

        @Actor
        public void reader(I_Result r) {
            final int count = cell.consumer.stream().read(target, 0, target.length);
            r.r1 = count == 0 ? 0 : Cell.tag(target, count);
        }

        @Actor
        public void writer() {
            cell.write(2, Cell.LARGE);
        }
    }
}
