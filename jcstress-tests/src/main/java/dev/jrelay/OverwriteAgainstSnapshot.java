// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A snapshot copies sub-buffers without consuming them while a writer goes round the ring. Is every copy that the tail
 * validates whole?
 *
 * <pre>
 *   ./relay stress -t OverwriteAgainstSnapshot
 *   ./relay stress --mutants -t OverwriteAgainstSnapshot
 * </pre>
 */
public class OverwriteAgainstSnapshot {
    private OverwriteAgainstSnapshot() {
    }

    /** Two sub-buffers; the writer writes two more. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "All copies are whole and are what they claim to be.")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "A torn copy passed the validation.")
    @Outcome(id = "-2", expect = FORBIDDEN, desc = "A copy holds another sub-buffer than it claims.")
    @Outcome(expect = FORBIDDEN, desc = "The snapshot failed.")
    @State
    public static class TakeSnapshot {
        private static final Pool POOL = Pool.of(Cell.LARGE, 2, Mode.OVERWRITE);

        private final Cell cell = POOL.take();

        public TakeSnapshot() {
            cell.write(1, Cell.LARGE);
            cell.write(2, Cell.LARGE);
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
                cell.write(tag, Cell.LARGE);
            }
        }
    }
}
