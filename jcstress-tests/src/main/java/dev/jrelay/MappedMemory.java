// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The same words in a file that writers and consumer have mapped each for themselves, as two processes do: two
 * addresses for one word. Is what holds in native memory true here?
 *
 * <pre>
 *   ./relay stress -t MappedMemory
 *   ./relay stress --mutants -t MappedMemory
 * </pre>
 */
public class MappedMemory {
    private MappedMemory() {
    }

    /** Delivery and content. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "1, 10", expect = ACCEPTABLE, desc = "The record is whole, one record, no padding.")
    @Outcome(id = "0, 10", expect = FORBIDDEN, desc = "The delivery was seen before the record's bytes.")
    @Outcome(expect = FORBIDDEN, desc = "A delivery with the wrong content or counts.")
    @State
    public static class Delivery {
        private static final Pool POOL = Pool.mapped(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void writer() {
            cell.write(1, 8);
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next);
            r.r2 = next == null ? -1 : next.records() * 10 + next.padding() / Cell.UNIT;
        }
    }

    /** Two writers, an exact fill. */
    @JCStressTest
    @Outcome(id = "4, 8, 2011", expect = ACCEPTABLE,
            desc = "The first actor filled the sub-buffer, the second opened the next.")
    @Outcome(id = "8, 4, 2011", expect = ACCEPTABLE,
            desc = "The second actor filled the sub-buffer, the first opened the next.")
    @Outcome(id = "4, 4, -1", expect = FORBIDDEN, desc = "Two writers own the last unit.")
    @Outcome(expect = FORBIDDEN, desc = "A record was torn, lost or counted twice.")
    @State
    public static class ExactFill {
        private static final Pool POOL = Pool.mapped(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public ExactFill() {
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

    /** A consumer in another process takes from an overwriting writer. */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE,
            desc = "The consumer took the oldest sub-buffer before it was overwritten.")
    @Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "It was overwritten; the consumer went on with the next one.")
    @Outcome(id = {"2, 3, 1", "-1, 0, 1"}, expect = ACCEPTABLE, desc = "The consumer jumped ahead.")
    @Outcome(id = {"0, -1, 1", "1, -1, 1", "2, -1, 1", "0, 3, 1"}, expect = FORBIDDEN,
            desc = "A torn copy passed the validation.")
    @Outcome(id = {"0, 1, 0", "1, 2, 0", "2, 3, 0", "-1, 0, 0"}, expect = FORBIDDEN,
            desc = "A sub-buffer was accounted for twice or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "The copy is of a sub-buffer that was never written.")
    @State
    public static class Overwrite {
        private static final Pool POOL = Pool.mapped(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();

        public Overwrite() {
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

    /** One process creates the control page, the other opens it as soon as the magic is there. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Not published yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Published, and complete.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "The magic was seen before the page it stands for.")
    @Outcome(expect = FORBIDDEN, desc = "No such page.")
    @State
    public static class Publication {
        private static final ChannelConfig CONFIG = ChannelConfig.builder("cpu").bufferCount(1).subBufferSize(8)
                .subBufferCount(1).build();
        private static final long SIZE = ControlPage.size(CONFIG.geometry(), 1);
        /** Where the page says when it was made: docs/layout.md. */
        private static final long OPENED_AT = 56L;
        private static final MemorySegment MEMORY = Arena.global().allocate(Pool.CELLS * SIZE, 8L);
        private static final AtomicInteger TAKEN = new AtomicInteger();

        private final MemorySegment page =
                MEMORY.asSlice(Integer.remainderUnsigned(TAKEN.getAndIncrement(), Pool.CELLS) * SIZE, SIZE)
                        .fill((byte) 0);

        @Actor
        public void writer() {
            ControlPage.create(page, CONFIG).publish();
        }

        @Actor
        public void reader(I_Result r) {
            try {
                final ControlPage read = ControlPage.read(page, "control");
                r.r1 = read.writer() != 0L && page.get(ValueLayout.JAVA_LONG, OPENED_AT) != 0L ? 1 : -1;
            } catch (IOException unpublished) {
                r.r1 = unpublished.getMessage().contains("not completely created") ? 0 : -1;
            }
        }
    }
}
