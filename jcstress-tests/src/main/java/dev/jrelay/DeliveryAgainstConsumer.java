// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A consumer looks at the very moment a sub-buffer is delivered. If it sees the delivery, does it see the record's
 * bytes, the padding and the number of records?
 *
 * <pre>
 *   ./relay stress -t DeliveryAgainstConsumer
 *   ./relay stress --mutants -t DeliveryAgainstConsumer
 * </pre>
 */
public class DeliveryAgainstConsumer {
    private DeliveryAgainstConsumer() {
    }

    /** One record fills the sub-buffer, whose slot held one record and padding a lap ago. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "2, 10", expect = ACCEPTABLE, desc = "The record is whole, one record, no padding.")
    @Outcome(id = {"0, 10", "1, 10"}, expect = FORBIDDEN, desc = "The delivery was seen before the record's bytes.")
    @Outcome(id = "-1, 10", expect = FORBIDDEN, desc = "The record was seen half written.")
    @Outcome(id = {"2, 11", "2, 30"}, expect = FORBIDDEN,
            desc = "The padding or the record count of the lap before was seen.")
    @Outcome(expect = FORBIDDEN, desc = "A delivery without a record, or a record that nobody wrote.")
    @State
    public static class Content {
        private static final Pool POOL = Pool.of(16, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public Content() {
            cell.write(1, 4);
            cell.write(1, 4);
            cell.write(1, 4);
            cell.buffer.flush();
            cell.consume();
        }

        @Actor
        public void writer() {
            cell.write(2, 16);
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next);
            r.r2 = next == null ? -1 : next.records() * 10 + next.padding() / Cell.UNIT;
        }
    }

    /** A second thread completes the sub-buffer: the consumer is ordered after every committer, not only after it. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both records are whole.")
    @Outcome(id = "0, 2", expect = FORBIDDEN, desc = "The record of the writer that did not deliver was not visible.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The record of the deliverer was not visible.")
    @Outcome(expect = FORBIDDEN, desc = "A record was seen half written.")
    @State
    public static class TwoWriters {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long first = cell.writer.reserve(4);
        private final long second = cell.writer.reserve(4);

        @Actor
        public void writer() {
            cell.complete(first, 1, 4);
        }

        @Actor
        public void writerAndConsumer(II_Result r) {
            cell.complete(second, 2, 4);
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next, 0, 4);
            r.r2 = next == null ? -1 : Cell.tag(next, 4, 4);
        }
    }

    /** A flush completes the sub-buffer, whose slot held a full one a lap ago: its padding is new. */
    @JCStressTest
    @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Not delivered yet.")
    @Outcome(id = "2, 13", expect = ACCEPTABLE, desc = "One record and three units of padding.")
    @Outcome(id = {"2, 10", "-1, 10"}, expect = FORBIDDEN,
            desc = "The padding of the lap before: it was stored after the commit that completed the sub-buffer.")
    @Outcome(expect = FORBIDDEN, desc = "A delivery without a record.")
    @State
    public static class Flushed {
        private static final Pool POOL = Pool.of(16, 1, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public Flushed() {
            cell.write(1, 16);
            cell.consume();
            cell.write(2, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Actor
        public void consumer(II_Result r) {
            final SubBuffer next = cell.nextSoon();
            r.r1 = next == null ? -1 : Cell.tag(next);
            r.r2 = next == null ? -1 : next.records() * 10 + next.padding() / Cell.UNIT;
        }
    }
}
