// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One writer opens a sub-buffer and initializes its header in {@code onStart} while another already appends, fills it
 * and commits. Does {@code onEnd}, on whichever thread, find the header initialized, and the consumer find it
 * finished?
 *
 * <pre>
 *   ./relay stress -t HeaderAgainstAppender
 *   ./relay stress --mutants -t HeaderAgainstAppender
 * </pre>
 */
public class HeaderAgainstAppender {
    private HeaderAgainstAppender() {
    }

    /** A header of 8 bytes and two records of 4 fill 16 bytes. */
    @JCStressTest
    @Outcome(id = "8, 12, 2", expect = ACCEPTABLE, desc = "The first actor opened; header and records are whole.")
    @Outcome(id = "12, 8, 2", expect = ACCEPTABLE, desc = "The second actor opened; header and records are whole.")
    @Outcome(id = {"8, 12, -1", "12, 8, -1"}, expect = FORBIDDEN,
            desc = "The sub-buffer was delivered before its opener had returned from onStart, or never.")
    @Outcome(id = {"8, 12, -2", "12, 8, -2"}, expect = FORBIDDEN, desc = "onStart or onEnd did not run exactly once.")
    @Outcome(id = {"8, 12, -3", "12, 8, -3"}, expect = FORBIDDEN,
            desc = "A record was not written when the sub-buffer was delivered.")
    @Outcome(expect = FORBIDDEN, desc = "Two writers own the same bytes, or a header was given out as room.")
    @State
    public static class OnStart {
        private static final Pool POOL = Recording.pool(16, 2, 8, Mode.NO_OVERWRITE);

        private final Cell cell = POOL.take();

        @Actor
        public void first(III_Result r) {
            r.r1 = (int) cell.write(1, 4);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = (int) cell.write(2, 4);
        }

        @Arbiter
        public void look(III_Result r) {
            final SubBuffer next = cell.consumer.next();
            if (next == null || cell.faults.get() != 0
                    || next.segment().get(ValueLayout.JAVA_LONG, 0L) != Recording.ENDED) {
                r.r3 = -1;
            } else if (cell.starts.get() != 1 || cell.ends.get() != 1) {
                r.r3 = -2;
            } else {
                r.r3 = Cell.tag(next, 8, 4) + Cell.tag(next, 12, 4) == 3 ? next.records() : -3;
            }
        }
    }

    /** {@code onStart} throws while the other writer appends: the header is committed, the opener's record aborted. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "One record, one aborted, and the sub-buffer is delivered.")
    @Outcome(id = {"1, 1, 0", "1, 0, 0", "2, 0, 0"}, expect = FORBIDDEN, desc = "The sub-buffer is never delivered.")
    @Outcome(expect = FORBIDDEN, desc = "The exception reached the wrong writer, or the abort was not counted.")
    @State
    public static class Throwing {
        private static final Pool POOL = Pool.of(16, 2, 8, Mode.NO_OVERWRITE, new Callbacks() {
            @Override
            public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
                throw new UnsupportedOperationException();
            }
        });

        private final Cell cell = POOL.take();

        private int write(int tag) {
            try {
                return cell.write(tag, 4) >= 0L ? 1 : 0;
            } catch (UnsupportedOperationException thrown) {
                return 0;
            }
        }

        @Actor
        public void first() {
            write(1);
        }

        @Actor
        public void second() {
            write(2);
        }

        @Arbiter
        public void look(III_Result r) {
            final SubBuffer next = cell.consumer.next();
            r.r1 = next == null ? 0 : next.records();
            r.r2 = (int) cell.buffer.statsSinceOpen().aborted().records();
            r.r3 = next != null && next.padding() == 0 ? 1 : 0;
        }
    }
}
