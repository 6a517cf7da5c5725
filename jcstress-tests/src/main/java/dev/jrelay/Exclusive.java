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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The one writer of an exclusive buffer works with plain fields and release stores while others consume, read the
 * stable prefix or ask it to flush, pause and close. Do they see what its stores promise, and is no request lost?
 *
 * <pre>
 *   ./relay stress -t Exclusive
 *   ./relay stress --mutants -t Exclusive
 * </pre>
 */
public class Exclusive {
    private Exclusive() {
    }

    /** A record fills the sub-buffer; the consumer looks. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "2, 10", expect = ACCEPTABLE, desc = "The record is whole, one record, no padding.")
    @Outcome(id = {"0, 10", "1, 10"}, expect = FORBIDDEN, desc = "The delivery was seen before the record's bytes.")
    @Outcome(id = "-1, 10", expect = FORBIDDEN, desc = "The record was seen half written.")
    @Outcome(id = {"2, 11", "2, 21", "2, 20"}, expect = FORBIDDEN,
            desc = "The padding or the record count of the lap before was seen.")
    @Outcome(expect = FORBIDDEN, desc = "A delivery without a record.")
    @State
    public static class AgainstConsumer {
        private static final Pool POOL = Pool.exclusive(16, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public AgainstConsumer() {
            Cell.write(writer, 1, 4);
            Cell.write(writer, 1, 8);
            writer.flush();
            cell.consume();
        }

        @Actor
        public void writer() {
            Cell.write(writer, 2, 16);
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next);
            r.r2 = next == null ? -1 : next.records() * 10 + next.padding() / Cell.UNIT;
        }
    }

    /** Two records are committed one after the other; a reader takes the stable prefix. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nothing yet.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first record.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both records.")
    @Outcome(id = {"0, 2", "0, -1", "1, -1"}, expect = FORBIDDEN,
            desc = "A record was published before it was written.")
    @Outcome(expect = FORBIDDEN, desc = "A torn record was returned.")
    @State
    public static class AgainstPartialRead {
        private static final Pool POOL = Pool.exclusive(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();
        private final byte[] target = new byte[8];

        @Actor
        public void writer() {
            Cell.write(writer, 1, 4);
            Cell.write(writer, 2, 4);
        }

        @Actor
        public void reader(II_Result r) {
            final int count = cell.readSoon(target);
            r.r1 = target[0];
            r.r2 = count > 0 && target[0] == 0 || count == 8 && target[4] == 0 ? -1 : target[4];
        }
    }

    /** Another thread asks for a flush while the owner writes; the owner's next call carries it out. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The flush was carried out once, at one of the owner's calls.")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "The request was lost.")
    @Outcome(expect = FORBIDDEN, desc = "The sub-buffer was closed more than once.")
    @State
    public static class FlushRequest {
        private static final Pool POOL = Pool.exclusive(16, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public FlushRequest() {
            Cell.write(writer, 3, 4);
        }

        @Actor
        public void owner() {
            Cell.write(writer, 1, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Arbiter
        public void look(I_Result r) {
            Cell.write(writer, 2, 4);
            r.r1 = (int) cell.geometry.sequence(cell.words.tailAcquire());
        }
    }

    /** Two threads ask an owner for two things. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both requests are there.")
    @Outcome(id = {"1, 0", "0, 1"}, expect = FORBIDDEN, desc = "A request was lost.")
    @Outcome(expect = FORBIDDEN, desc = "Both were lost.")
    @State
    public static class TwoRequests {
        private static final Pool POOL = Pool.exclusive(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public TwoRequests() {
            cell.buffer.claim();
        }

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
            final long request = cell.buffer.requestAcquire();
            r.r1 = (request & RelayBuffer.REQUEST_PAUSE) != 0L ? 1 : 0;
            r.r2 = (request & RelayBuffer.REQUEST_FINISH) != 0L ? 1 : 0;
        }
    }

    /** A flush is asked for while a record is reserved; it is carried out at a call after the commit. */
    @JCStressTest
    @Outcome(id = "1, 1322", expect = ACCEPTABLE, desc = "Carried out at the write after the commit.")
    @Outcome(id = "1, 2213", expect = ACCEPTABLE, desc = "It came after that write, and was carried out at the next.")
    @Outcome(id = "0, 30", expect = FORBIDDEN, desc = "The request was lost.")
    @Outcome(expect = FORBIDDEN, desc = "The held record is lost, or the sub-buffer was closed under it.")
    @State
    public static class FlushHeld {
        private static final Pool POOL = Pool.exclusive(16, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();
        private final long reserved = writer.reserve(4);

        @Actor
        public void owner() {
            cell.fill(reserved, 1, 4);
            writer.commit(reserved, 4);
            Cell.write(writer, 2, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Arbiter
        public void audit(II_Result r) {
            Cell.write(writer, 3, 4);
            r.r1 = (int) cell.geometry.sequence(cell.words.tailAcquire());
            writer.flush();
            r.r2 = cell.audit(3);
        }
    }

    /** One thread gives the buffer back, another takes it and writes. */
    @JCStressTest
    @Outcome(id = "0, 13", expect = ACCEPTABLE, desc = "The buffer was not free at any look.")
    @Outcome(id = "1, 1313", expect = ACCEPTABLE, desc = "The second owner went on behind the first one's sub-buffer.")
    @Outcome(id = {"1, 13", "1, -1", "1, 20", "1, 22"}, expect = FORBIDDEN,
            desc = "The second owner did not see where the first one had come.")
    @Outcome(expect = FORBIDDEN, desc = "A record is lost.")
    @State
    public static class HandedOver {
        private static final Pool POOL = Pool.exclusive(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter first = cell.buffer.claim();

        public HandedOver() {
            Cell.write(first, 1, 4);
        }

        @Actor
        public void first() {
            first.close();
        }

        @Actor
        public void second(II_Result r) {
            ExclusiveWriter second = cell.buffer.claim();
            for (int look = 0; look < Cell.LOOKS && second == null; look++) {
                second = cell.buffer.claim();
            }
            if (second != null) {
                r.r1 = 1;
                Cell.write(second, 2, 4);
                second.close();
            }
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r2 = cell.audit(1 + r.r1);
        }
    }

    /** The owner gives the buffer back while the channel is closed: one of the two carries the close out. */
    @JCStressTest
    @Outcome(id = "1, 1, 13", expect = ACCEPTABLE, desc = "Closed, and the memory let go of once.")
    @Outcome(id = {"0, 0, 13", "1, 0, 13"}, expect = FORBIDDEN, desc = "Each left it to the other.")
    @Outcome(expect = FORBIDDEN, desc = "The record is lost, or the memory was let go of twice.")
    @State
    public static class GivenBackAgainstClose {
        private static final Pool POOL = Pool.exclusive(16, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public GivenBackAgainstClose() {
            Cell.write(writer, 1, 4);
        }

        @Actor
        public void owner() {
            writer.close();
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void audit(III_Result r) {
            r.r1 = cell.words.tailAcquire() < 0L ? 1 : 0;
            r.r2 = cell.settled.get();
            r.r3 = cell.audit(1);
        }
    }

    /** Overwrite mode: a snapshot is taken while the owner goes round the ring, two records to a sub-buffer. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "All copies are whole and are what they claim to be.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "A torn copy passed the validation.")
    @Outcome(id = "-2", expect = FORBIDDEN, desc = "A copy holds another sub-buffer than it claims.")
    @Outcome(expect = FORBIDDEN, desc = "The snapshot failed.")
    @State
    public static class AgainstSnapshot {
        private static final Pool POOL = Pool.exclusive(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public AgainstSnapshot() {
            writeTwo(1);
            writeTwo(2);
        }

        private void writeTwo(int tag) {
            Cell.write(writer, tag, Cell.LARGE / 2);
            Cell.write(writer, tag, Cell.LARGE / 2);
        }

        @Actor
        public void reader(I_Result r) {
            r.r1 = 1;
            for (final SubBuffer copy : Snapshot.take(cell.buffer.window, slot -> cell.buffer.subBuffers[slot])
                    .subBuffers()) {
                final int tag = Cell.tag(copy);
                if (tag != copy.sequence() + 1L) {
                    r.r1 = tag < 0 ? -1 : -2;
                }
            }
        }

        @Actor
        public void writer() {
            for (int tag = 3; tag < 8; tag++) {
                writeTwo(tag);
            }
        }
    }

    /** Overwrite mode, one sub-buffer: the prefix is read while the owner closes it and goes over it. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "Nothing.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The prefix before it was overwritten.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The beginning of the new sub-buffer.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "A torn prefix was returned: the overwriting was not noticed.")
    @Outcome(expect = FORBIDDEN, desc = "Bytes that were never written were read.")
    @State
    public static class PartialOverwritten {
        private static final Pool POOL = Pool.exclusive(Cell.LARGE, 1, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();
        private final byte[] target = new byte[Cell.LARGE / 2];

        public PartialOverwritten() {
            Cell.write(writer, 1, Cell.LARGE - 16);
        }

        @Actor
        public void reader(I_Result r) {
            final int count = cell.consumer.stream().read(target, 0, target.length);
            r.r1 = count == 0 ? 0 : Cell.tag(target, count);
        }

        @Actor
        public void writer() {
            Cell.write(writer, 2, Cell.LARGE / 2);
            Cell.write(writer, 2, Cell.LARGE / 4);
        }
    }

    /** Overwrite mode: the owner goes over the sub-buffer that the consumer copies. */
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
    public static class OverwriteAgainstTake {
        private static final Pool POOL = Pool.exclusive(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();
        private final ExclusiveWriter writer = cell.buffer.claim();

        public OverwriteAgainstTake() {
            Cell.write(writer, 1, Cell.LARGE);
            Cell.write(writer, 2, Cell.LARGE);
        }

        @Actor
        public void consumer(III_Result r) {
            final SubBuffer next = cell.consumer.next();
            r.r1 = next == null ? -1 : (int) next.sequence();
            r.r2 = next == null ? 0 : Cell.tag(next);
        }

        @Actor
        public void writer() {
            Cell.write(writer, 3, Cell.LARGE);
        }

        @Arbiter
        public void account(III_Result r) {
            r.r3 = cell.attempted() == 3L ? 1 : 0;
        }
    }
}
