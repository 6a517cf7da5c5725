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
 * A consumer says that it will sleep and looks once more; a writer delivers, or closes, and looks whether somebody
 * sleeps. Does one of them always see the other (Dekker)? If neither did, the consumer would sleep beside a ready sub-
 * buffer.
 *
 * <pre>
 *   ./relay stress -t WakeUp
 *   ./relay stress --mutants -t WakeUp
 * </pre>
 */
public class WakeUp {
    private WakeUp() {
    }

    /** The words only: the first two steps of the sleeping consumer against a delivery. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE,
            desc = "The consumer saw nothing, and the deliverer took the wake-up upon itself.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Both saw the other.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The consumer saw the delivery; it will not sleep.")
    @Outcome(id = "0, 1", expect = FORBIDDEN,
            desc = "A lost wake-up: the consumer saw nothing and would sleep, the deliverer saw nobody asleep.")
    @Outcome(expect = FORBIDDEN, desc = "No such readiness.")
    @State
    public static class Delivery {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private final long reserved = cell.writer.reserve(8);

        @Actor
        public void consumer(II_Result r) {
            cell.words.waitingVolatile(1L);
            r.r1 = cell.consumer.poll(0L) == Readiness.READABLE ? 1 : 0;
        }

        @Actor
        public void writer() {
            cell.writer.commit(reserved, 8);
        }

        @Arbiter
        public void look(II_Result r) {
            r.r2 = (int) cell.words.waitingVolatile();
        }
    }

    /** The same for the end of the channel. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE,
            desc = "The consumer saw nothing, and the closer took the wake-up upon itself.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Both saw the other.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The consumer saw the end; it will not sleep.")
    @Outcome(id = "0, 1", expect = FORBIDDEN,
            desc = "A lost hang-up: the consumer would sleep for ever, the closer saw nobody asleep.")
    @Outcome(expect = FORBIDDEN, desc = "No such readiness.")
    @State
    public static class HangUp {
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void consumer(II_Result r) {
            cell.words.waitingVolatile(1L);
            r.r1 = cell.consumer.poll(0L) == Readiness.HANG_UP ? 1 : 0;
        }

        @Actor
        public void closer() {
            cell.buffer.finish();
        }

        @Arbiter
        public void look(II_Result r) {
            r.r2 = (int) cell.words.waitingVolatile();
        }
    }

    /** The whole way, with a thread that really sleeps; late is a second after the delivery. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Ready at once, or woken.")
    @Outcome(id = "1, 1", expect = FORBIDDEN,
            desc = "A lost wake-up: the consumer slept on beside a ready sub-buffer until its time was up.")
    @Outcome(expect = FORBIDDEN, desc = "The delivery was not found.")
    @State
    public static class Asleep {
        private static final long TIMEOUT = 2_000_000_000L;
        private static final Pool POOL = Pool.of(8, 2, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();
        private long delivered;
        private long awake;

        @Actor
        public void consumer(II_Result r) {
            r.r1 = cell.consumer.poll(TIMEOUT) == Readiness.READABLE ? 1 : 0;
            awake = System.nanoTime();
        }

        @Actor
        public void writer() {
            cell.write(1, 8);
            delivered = System.nanoTime();
        }

        @Arbiter
        public void look(II_Result r) {
            r.r2 = awake - delivered > TIMEOUT / 2 ? 1 : 0;
        }
    }
}
