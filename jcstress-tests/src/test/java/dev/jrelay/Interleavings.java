// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * Small scenarios on the real kernel, for an interleaving checker: each runs a few threads, joins them, and throws if
 * what they left behind is wrong. A sequentially consistent view: what a mode or a fence is for does not show here.
 */
enum Interleavings implements Runnable {
    TWO_WRITERS_AND_CONSUMER {
        @Override
        public void run() {
            twoWritersAndConsumer();
        }
    },
    FLUSH_AND_WRITER {
        @Override
        public void run() {
            flushAndWriter();
        }
    },
    EXACT_FILL {
        @Override
        public void run() {
            exactFill();
        }
    },
    REUSE {
        @Override
        public void run() {
            reuse();
        }
    },
    LOST_UPDATE {
        @Override
        public void run() {
            lostUpdate();
        }
    },
    OVERWRITE {
        @Override
        public void run() {
            overwrite();
        }
    },
    PASS {
        @Override
        public void run() {
            pass();
        }
    },
    SETTLE {
        @Override
        public void run() {
            settle();
        }
    },
    CHANNEL {
        @Override
        public void run() {
            channel();
        }
    };

    /** Checks the scenarios named after the number of invocations, and prints whether a bad interleaving was found. */
    public static void main(String[] arguments) {
        final int invocations = Integer.parseInt(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            final Interleavings scenario = valueOf(arguments[i]);
            try {
                Lincheck.runConcurrentTest(invocations, scenario);
                System.out.println(scenario + " passed");
            } catch (LincheckAssertionError found) {
                System.out.println(found.getMessage());
                System.out.println(scenario + " found");
            }
        }
    }

    /**
     * The cell of the scenario that runs, and its words. In static fields, because Lincheck takes an object that only
     * lambdas capture, or that went through a memory segment, for one that a single thread can reach, and switches no
     * threads there; then it finds nothing, which is what the planted faults are for.
     */
    private static Cell shared;
    private static long[] array;

    private static Channel channel;
    private static Consumer consumer;

    private static Cell cell(int size, int count, Mode mode) {
        final Geometry geometry = new Geometry(size, count, 0, mode);
        array = new long[ControlWords.blockSize(count) / Long.BYTES];
        final Cell cell = new Cell(0, geometry, false, 0L, MemorySegment.ofArray(array),
                MemorySegment.ofArray(new byte[(int) geometry.bufferSize()]), Callbacks.NONE);
        shared = cell;
        return cell;
    }

    private static void run(Runnable... actors) {
        final Thread[] threads = new Thread[actors.length];
        final Throwable[] thrown = new Throwable[actors.length];
        for (int i = 0; i < actors.length; i++) {
            final int index = i;
            threads[i] = new Thread(() -> {
                try {
                    actors[index].run();
                } catch (Throwable failure) {
                    thrown[index] = failure;
                }
            });
            threads[i].start();
        }
        for (int i = 0; i < actors.length; i++) {
            try {
                threads[i].join();
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            if (thrown[i] != null) {
                throw new AssertionError(thrown[i].getMessage(), thrown[i]);
            }
        }
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    /** What a consumer has taken: every unit of every record a tag that somebody wrote, and how many of each. */
    private static final class Taken {
        private final Cell cell;
        private final int[] units = new int[10];
        private int records;

        Taken(Cell cell) {
            this.cell = cell;
        }

        /** Takes one sub-buffer if one is ready. */
        boolean one() {
            final SubBuffer next = cell.consumer.next();
            if (next == null) {
                return false;
            }
            for (int at = 0; at < next.length(); at += Cell.UNIT) {
                final int tag = Cell.tag(next, at, Cell.UNIT);
                check(tag > 0, "a record was delivered that was not written");
                units[tag]++;
            }
            records += next.records();
            check(cell.consumer.subBuffersConsumed(1) == 1, "a sub-buffer was consumed twice");
            return true;
        }

        void rest() {
            cell.buffer.flush();
            for (int i = 0; i < 8 && one(); i++) {
                continue;
            }
        }
    }

    /** Two writers, two records each of one unit, two sub-buffers of two units, and a consumer. */
    static void twoWritersAndConsumer() {
        final Cell cell = cell(8, 2, Mode.NO_OVERWRITE);
        final Taken taken = new Taken(cell);
        final int[] accepted = new int[3];
        run(() -> accepted[1] = write(cell, 1, 4) + write(cell, 1, 4),
                () -> accepted[2] = write(cell, 2, 4) + write(cell, 2, 4),
                () -> {
                    taken.one();
                    taken.one();
                });
        taken.rest();
        check(taken.units[1] == accepted[1] && taken.units[2] == accepted[2], "a record was lost or delivered twice");
        check(taken.records == accepted[1] + accepted[2], "records miscounted");
        check(cell.attempted() == 4, "records unaccounted for");
        check(accepted[1] + accepted[2] == 4, "refused, although there was room");
    }

    /** A writer that may have to close, against a flush. */
    static void flushAndWriter() {
        final Cell cell = cell(8, 4, Mode.NO_OVERWRITE);
        final Taken taken = new Taken(cell);
        run(() -> {
            write(cell, 1, 4);
            write(cell, 2, 8);
        }, cell.buffer::flush);
        taken.rest();
        check(taken.units[1] == 1 && taken.units[2] == 2 && taken.records == 2, "a record was lost or padded wrong");
    }

    /** Two writers for the last unit and the next sub-buffer, which one of them fills exactly. */
    static void exactFill() {
        final Cell cell = cell(8, 4, Mode.NO_OVERWRITE);
        final Taken taken = new Taken(cell);
        write(cell, 3, 4);
        run(() -> write(cell, 1, 4), () -> write(cell, 2, 8));
        taken.rest();
        check(taken.units[1] == 1 && taken.units[2] == 2 && taken.units[3] == 1, "a record was lost or padded wrong");
    }

    /** No-overwrite, one sub-buffer, full: a writer that comes for it against the consumer that reads it in place. */
    static void reuse() {
        final Cell cell = cell(8, 1, Mode.NO_OVERWRITE);
        write(cell, 1, 8);
        run(() -> {
            final SubBuffer next = cell.consumer.next();
            check(next != null && Cell.tag(next) == 1, "reused before it was consumed");
            cell.consumer.subBuffersConsumed(1);
        }, () -> write(cell, 2, 8));
        check(cell.attempted() == 2, "records unaccounted for");
    }

    /** Overwrite, two sub-buffers, full: an opener and an appender against the consumer that copies the oldest. */
    static void overwrite() {
        final Cell cell = cell(8, 2, Mode.OVERWRITE);
        write(cell, 1, 8);
        write(cell, 2, 8);
        run(() -> write(cell, 3, 4), () -> write(cell, 3, 4), () -> {
            final SubBuffer next = cell.consumer.next();
            check(next == null || Cell.tag(next) == next.sequence() + 1L, "a copy was torn, or of another sub-buffer");
        });
        check(cell.attempted() == 4, "records unaccounted for");
    }

    /** A held sub-buffer is passed while its holder commits it and goes on into the next lap, overwriting. */
    static void pass() {
        final Cell cell = cell(8, 1, Mode.OVERWRITE);
        final long held = cell.writer.reserve(4);
        cell.buffer.flush();
        run(() -> {
            cell.complete(held, 1, 4);
            write(cell, 2, 4);
        }, cell.consumer::pass);
        check(cell.attempted() == 2, "records unaccounted for");
        check(cell.buffer.statsSinceOpen().lost().records() == 0L, "refused, although there was room");
    }

    /** The last commit against the close. */
    static void settle() {
        final Cell cell = cell(8, 2, Mode.NO_OVERWRITE);
        final long reserved = cell.writer.reserve(4);
        run(() -> {
            cell.fill(reserved, 1, 4);
            check(cell.settled.get() == 0, "the memory was freed under a reservation");
            cell.writer.commit(reserved, 4);
        }, cell.buffer::finish);
        check(cell.settled.get() == 1, "the memory was not freed, or twice");
    }

    /** A channel as anybody opens it: two writers of two records each, a flush, and a consumer of two sub-buffers. */
    private static void channel() {
        try {
            channel = Channel.open(ChannelConfig.builder("c").bufferCount(1).subBufferSize(8).subBufferCount(2)
                    .tickInterval(Duration.ZERO).storage(Storage.heap()).build());
            consumer = channel.consumer(0);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        final int[] accepted = new int[3];
        final List<Integer> taken = new ArrayList<>();
        run(() -> accepted[1] = write(1) + write(2), () -> accepted[2] = write(3) + write(4), channel::flush, () -> {
            take(taken);
            take(taken);
        });
        do {
            channel.flush();
        } while (take(taken));
        check(taken.size() == accepted[1] + accepted[2] && taken.stream().distinct().count() == taken.size(),
                "a record was lost or delivered twice");
        check(inOrder(taken, 1, 2) && inOrder(taken, 3, 4), "a writer's records came in another order");
        final BufferStats stats = channel.statsSinceReset();
        check(stats.attempted().records() == 4L && stats.delivered().records() == taken.size(),
                "records unaccounted for");
    }

    private static int write(int tag) {
        return channel.write(new byte[] {(byte) tag, (byte) tag, (byte) tag, (byte) tag}, 0, 4) >= 0L ? 1 : 0;
    }

    /** Takes the tags of one sub-buffer's records if one is ready. */
    private static boolean take(List<Integer> tags) {
        final SubBuffer next = consumer.next();
        if (next == null) {
            return false;
        }
        for (int at = 0; at < next.length(); at += 4) {
            final int tag = next.segment().get(ValueLayout.JAVA_BYTE, at);
            for (int i = 1; i < 4; i++) {
                check(next.segment().get(ValueLayout.JAVA_BYTE, at + i) == tag, "a record was torn");
            }
            check(tag > 0, "a record was delivered that was not written");
            tags.add(tag);
        }
        check(consumer.subBuffersConsumed(1) == 1, "a sub-buffer was consumed twice");
        return true;
    }

    private static boolean inOrder(List<Integer> tags, int first, int second) {
        return !tags.contains(first) || !tags.contains(second) || tags.indexOf(first) < tags.indexOf(second);
    }

    private static int write(Cell cell, int tag, int length) {
        return cell.write(tag, length) >= 0L ? 1 : 0;
    }

    /** Known to be wrong on every kernel: two threads add to a counter in two steps. */
    private static void lostUpdate() {
        final Cell cell = cell(8, 1, Mode.NO_OVERWRITE);
        final Runnable add = () -> cell.words.ownDeliveredOpaque(1L, 0L, 0L);
        run(add, add);
        check(cell.words.tallyOpaque(Fate.DELIVERED).records() == 2L, "an update was lost");
    }
}
