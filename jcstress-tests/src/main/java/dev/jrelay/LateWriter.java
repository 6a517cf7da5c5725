// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A channel whose words lie in memory that is freed, as those of a file are, is closed under its writers. Does whoever
 * comes late find the words where they have moved, and whoever has a reservation the memory?
 *
 * <pre>
 *   ./relay stress -t LateWriter
 *   ./relay stress --mutants -t LateWriter
 * </pre>
 */
public class LateWriter {
    private LateWriter() {
    }

    /** Native memory for data and words; nothing is left when the arena is closed. */
    private static final class Native implements Storage {
        @Override
        public MemorySegment create(String name, long size, Arena arena) {
            return arena.allocate(size, ControlWords.LINE);
        }

        @Override
        public void remove(String name) {
            // the arena frees it
        }

        @Override
        public boolean isShared() {
            return false;
        }
    }

    private static Channel open(int exclusiveBuffers) {
        try {
            return Channel.open(ChannelConfig.builder("cpu").bufferCount(1).exclusiveBuffers(exclusiveBuffers)
                    .subBufferSize(8).subBufferCount(1).mode(Mode.OVERWRITE).preTouch(false)
                    .storage(new Native()).build());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Writes, each second one over the two before it, against a close that frees the memory at once, since nobody
     * consumes. Counted are refusals too many, and other records too many.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "All records came first.")
    @Outcome(id = "-6, 0, 0", expect = ACCEPTABLE, desc = "One was refused as CLOSED, and counted.")
    @Outcome(id = "-6, (-1|0|1), (-2|0|2)", expect = ACCEPTABLE,
            desc = "Refused, or two overwritten to open a sub-buffer, while the words moved: B5.")
    @Outcome(id = {"-100, .*", "0, .*, -100"}, expect = FORBIDDEN,
            desc = "The writer, or who asks for the counters, met freed memory.")
    @Outcome(expect = FORBIDDEN, desc = "A write failed for another reason, or was not counted.")
    @State
    public static class WriteAgainstFree {
        private final Channel channel = open(0);
        private final byte[] record = new byte[4];
        private int attempts;

        @Actor
        public void writer(III_Result r) {
            try {
                while (r.r1 == 0 && attempts < Cell.LOOKS) {
                    attempts++;
                    r.r1 = (int) Math.min(0L, channel.write(record, 0, record.length));
                }
            } catch (IllegalStateException freed) {
                r.r1 = -100;
            }
        }

        @Actor
        public void closer() {
            close(channel);
        }

        @Arbiter
        public void count(III_Result r) {
            try {
                final BufferStats stats = channel.statsSinceReset();
                final int lost = (int) stats.lost().records();
                r.r2 = lost - (r.r1 < 0 ? 1 : 0);
                r.r3 = (int) stats.attempted().records() - attempts - r.r2;
            } catch (IllegalStateException freed) {
                r.r3 = -100;
            }
        }
    }

    /** A reservation is filled and committed while the channel is closed. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "The memory lived until the commit, and no longer.")
    @Outcome(id = {"-100, 0, 0", "-100, 0, 1"}, expect = FORBIDDEN, desc = "The memory was freed under a reservation.")
    @Outcome(id = "0, 1, 1", expect = FORBIDDEN, desc = "The memory was never freed.")
    @Outcome(expect = FORBIDDEN, desc = "The record was not counted.")
    @State
    public static class CommitAgainstClose {
        private final Channel channel = open(0);
        private final SharedWriter writer = channel.writer(0);
        private final long reserved = writer.reserve(4);

        @Actor
        public void writer(III_Result r) {
            try {
                writer.data().set(ValueLayout.JAVA_INT, writer.dataOffset(reserved), 1);
                writer.commit(reserved, 4);
            } catch (IllegalStateException freed) {
                r.r1 = -100;
            }
        }

        @Actor
        public void closer() {
            close(channel);
        }

        @Arbiter
        public void look(III_Result r) {
            r.r2 = writer.data().scope().isAlive() ? 1 : 0;
            r.r3 = (int) channel.statsSinceReset().attempted().records();
        }
    }

    /** An exclusive writer gives its handle back, or not yet, while the channel is closed. */
    @JCStressTest
    @Outcome(id = "0, 0, 2", expect = ACCEPTABLE, desc = "Both records came first.")
    @Outcome(id = "-6, 0, 2", expect = ACCEPTABLE, desc = "The second was refused as CLOSED.")
    @Outcome(id = {"-6, 0, 1", "-6, 0, 3"}, expect = ACCEPTABLE, desc = "Refused while the words moved: B5.")
    @Outcome(id = {"0, 1, 2", "-6, 1, 2"}, expect = FORBIDDEN, desc = "The memory was never freed.")
    @Outcome(expect = FORBIDDEN, desc = "The writer met freed memory, or a record was not counted.")
    @State
    public static class ExclusiveAgainstClose {
        private final Channel channel = open(1);
        private final ExclusiveWriter writer = channel.exclusiveWriter(0);
        private final MemorySegment data = writer.data();
        private final byte[] record = new byte[4];

        public ExclusiveAgainstClose() {
            writer.write(record, 0, record.length);
        }

        @Actor
        public void writer(III_Result r) {
            try {
                r.r1 = Math.min(0, (int) writer.write(record, 0, record.length));
                writer.close();
            } catch (IllegalStateException freed) {
                r.r1 = -100;
            }
        }

        @Actor
        public void closer() {
            close(channel);
        }

        @Arbiter
        public void look(III_Result r) {
            r.r2 = data.scope().isAlive() ? 1 : 0;
            r.r3 = (int) channel.statsSinceReset().attempted().records();
        }
    }
}
