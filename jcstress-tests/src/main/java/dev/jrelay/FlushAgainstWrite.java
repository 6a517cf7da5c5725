// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A flush closes the current sub-buffer while a writer opens it, appends to it or fills it. Is no record lost, no empty
 * sub-buffer produced, and each closed once?
 *
 * <pre>
 *   ./relay stress -t FlushAgainstWrite
 *   ./relay stress --mutants -t FlushAgainstWrite
 * </pre>
 */
public class FlushAgainstWrite {
    private FlushAgainstWrite() {
    }

    /** The writer opens a sub-buffer; the flush finds it open or not. */
    @JCStressTest
    @Outcome(id = "0, 11", expect = ACCEPTABLE, desc = "The flush came first and found nothing.")
    @Outcome(id = "1, 11", expect = ACCEPTABLE, desc = "The flush delivered the record.")
    @Outcome(id = {"1, 0", "0, 0"}, expect = FORBIDDEN,
            desc = "The record is lost: the flush moved the tail back or over the reservation.")
    @Outcome(id = {"1, -1", "0, -1"}, expect = FORBIDDEN, desc = "The record is torn or miscounted.")
    @Outcome(expect = FORBIDDEN, desc = "An empty sub-buffer was produced, or padding is wrong.")
    @State
    public static class Opening {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void writer() {
            cell.write(1, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r1 = cell.words.deliveredAcquire(0) == 1L ? 1 : 0;
            r.r2 = cell.audit(1);
        }
    }

    /** The writer fills the rest of the sub-buffer exactly; either of the two is its closer. */
    @JCStressTest
    @Outcome(id = "4, 20", expect = ACCEPTABLE, desc = "The record filled the sub-buffer before the flush.")
    @Outcome(id = "8, 1111", expect = ACCEPTABLE, desc = "The flush closed it before the record.")
    @Outcome(id = {"4, 11", "4, -1", "8, -1"}, expect = FORBIDDEN, desc = "The record is lost: two closers.")
    @Outcome(expect = FORBIDDEN, desc = "A sub-buffer was closed twice or not at all.")
    @State
    public static class Filling {
        private static final Pool POOL = Pool.of(8, 4, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        public Filling() {
            cell.write(3, 4);
        }

        @Actor
        public void writer(II_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void flusher() {
            cell.buffer.flush();
        }

        @Arbiter
        public void audit(II_Result r) {
            r.r2 = cell.audit(2);
        }
    }

    /** The channel's ticker, which closes what it has seen open at its look before, against a writer. */
    @JCStressTest
    @Outcome(id = "3, 1", expect = ACCEPTABLE, desc = "All records are there, in however many sub-buffers.")
    @Outcome(expect = FORBIDDEN, desc = "A record is lost, torn or counted twice.")
    @State
    public static class Ticking {
        private static final Pool POOL = Pool.of(16, 4, Mode.NO_OVERWRITE);
        private static final ChannelConfig CONFIG = ChannelConfig.builder("cpu").bufferCount(1).build();
        private static final MethodHandle LOOK = look();

        private final Cell cell = POOL.take();
        private final Ticker ticker = new Ticker(null, new RelayBuffer[] {cell.buffer}, CONFIG);

        private static MethodHandle look() {
            try {
                return MethodHandles.privateLookupIn(Ticker.class, MethodHandles.lookup())
                        .findVirtual(Ticker.class, "flushOld", MethodType.methodType(void.class));
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        @Actor
        public void writer() {
            cell.write(1, 4);
            cell.write(2, 4);
            cell.write(3, 8);
        }

        @Actor
        public void ticker() {
            for (int look = 0; look < 4; look++) {
                flushOld();
            }
        }

        /** One look of the ticker, which only its own thread calls elsewhere. */
        private void flushOld() {
            try {
                LOOK.invokeExact(ticker);
            } catch (Throwable failure) {
                throw new AssertionError(failure);
            }
        }

        @Arbiter
        public void audit(II_Result r) {
            final boolean sound = cell.audit(3) > 0;
            r.r1 = (int) cell.buffer.statsSinceOpen().delivered().records();
            r.r2 = sound ? 1 : 0;
        }
    }
}
