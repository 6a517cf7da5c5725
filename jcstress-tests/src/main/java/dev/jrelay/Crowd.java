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
 * Three and four actors at once, which jcstress 0.16 skips without a word on a machine with two CPUs; {@code relay
 * stress} then runs them oversubscribed, with fewer samples.
 *
 * <pre>
 *   ./relay stress -t Crowd
 *   ./relay stress --mutants -t Crowd
 * </pre>
 */
public class Crowd {
    private Crowd() {
    }

    /** Two writers complete a sub-buffer, a third thread consumes it: both records are visible to it. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both records are whole.")
    @Outcome(id = {"0, 2", "1, 0", "0, 0"}, expect = FORBIDDEN,
            desc = "A record was not visible to the consumer of its sub-buffer.")
    @Outcome(expect = FORBIDDEN, desc = "A record was seen half written.")
    @State
    public static class TwoWritersOneConsumer {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(4);
        private final long second = cell.writer.reserve(4);

        @Actor
        public void first() {
            cell.complete(first, 1, 4);
        }

        @Actor
        public void second() {
            cell.complete(second, 2, 4);
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next, 0, 4);
            r.r2 = next == null ? -1 : Cell.tag(next, 4, 4);
        }
    }

    /** Overwrite mode: an opener, an appender and a consumer that copies what they go over. */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE,
            desc = "The consumer took the oldest sub-buffer before it was overwritten.")
    @Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "It was overwritten; the consumer went on with the next one.")
    @Outcome(id = {"2, 3, 1", "-1, 0, 1"}, expect = ACCEPTABLE, desc = "The consumer jumped ahead.")
    @Outcome(id = {"0, -1, 1", "1, -1, 1", "2, -1, 1", "0, 3, 1"}, expect = FORBIDDEN,
            desc = "A torn copy passed the validation: somebody wrote before consumed was pushed.")
    @Outcome(id = {"0, 1, 0", "1, 2, 0", "2, 3, 0", "-1, 0, 0"}, expect = FORBIDDEN,
            desc = "A sub-buffer was accounted for twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "The copy is of a sub-buffer that was never written.")
    @State
    public static class OverwriteByTwo {
        private static final Pool POOL = Pool.of(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();

        public OverwriteByTwo() {
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
        public void first() {
            cell.write(3, Cell.LARGE / 2);
        }

        @Actor
        public void second() {
            cell.write(3, Cell.LARGE / 2);
        }

        @Arbiter
        public void account(III_Result r) {
            r.r3 = cell.attempted() == 4L ? 1 : 0;
        }
    }

    /** The last two commits and the close: whoever comes last of the three lets go of the memory. */
    @JCStressTest
    @Outcome(id = "0, 1, 1010", expect = ACCEPTABLE, desc = "The memory lived until the last commit, and no longer.")
    @Outcome(id = "1, 1, 1010", expect = FORBIDDEN, desc = "The memory was freed under a reservation.")
    @Outcome(id = {"0, 0, 1010", "0, 2, 1010"}, expect = FORBIDDEN, desc = "Never freed, or twice.")
    @Outcome(expect = FORBIDDEN, desc = "A record is lost.")
    @State
    public static class TwoCommitsAndClose {
        private static final Pool POOL = Pool.renewed(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(8);
        private final long second = cell.writer.reserve(8);

        @Actor
        public void first(III_Result r) {
            r.r1 = cell.settled.get();
            cell.complete(first, 1, 8);
        }

        @Actor
        public void second() {
            cell.complete(second, 2, 8);
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r2 = cell.settled.get();
            r.r3 = cell.audit(2);
        }
    }

    /** A consumer passes a held sub-buffer that is being committed, and a reset drops what is there. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Skipped, by whoever came to it.")
    @Outcome(id = "0, 11", expect = ACCEPTABLE, desc = "Delivered after the reset, which it held up.")
    @Outcome(id = {"2, 0", "2, -1"}, expect = FORBIDDEN, desc = "Counted by its deliverer and by the reset.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost.")
    @State
    public static class PassDeliverReset {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long held = cell.writer.reserve(4);

        public PassDeliverReset() {
            cell.buffer.flush();
        }

        @Actor
        public void consumer() {
            cell.consumer.pass();
        }

        @Actor
        public void deliverer() {
            cell.complete(held, 1, 4);
        }

        @Actor
        public void reset() {
            cell.buffer.reset();
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r1 = (int) cell.buffer.statsSinceOpen().skipped().records();
            r.r2 = cell.audit(1);
        }
    }

    /** Two writers, a flush and a pause that is taken back: nothing is lost and nothing counted twice. */
    @JCStressTest
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "Both records are there.")
    @Outcome(id = {"1, 1", "0, 1"}, expect = ACCEPTABLE, desc = "One or both were refused while paused, and counted.")
    @Outcome(id = {"2, 0", "1, 0", "0, 0"}, expect = FORBIDDEN, desc = "A record is lost, torn or counted twice.")
    @Outcome(expect = FORBIDDEN, desc = "A record appeared from nowhere.")
    @State
    public static class WritersFlushPause {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void first() {
            cell.write(1, 4);
        }

        @Actor
        public void second() {
            cell.write(2, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Actor
        public void pauser() {
            cell.buffer.pause(true);
            cell.buffer.pause(false);
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r2 = cell.audit(2) < 0 ? 0 : 1;
            r.r1 = (int) cell.buffer.statsSinceOpen().delivered().records();
        }
    }
}
