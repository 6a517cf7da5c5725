// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the loop that drains a buffer does about sub-buffers that an unfinished reservation holds: it waits for the
 * writer as long as that may come back. Once the channel is closed, or its process dead, it gives the writer a second
 * more, then passes what is held, so that what is behind it can be had and the loop ends. What was passed is
 * remembered.
 *
 * {@snippet :
 * Readiness found = consumer.poll(timeout);
 * drain(consumer);
 * held.look(found, isClosed || channel.writerLife() == Life.DEAD);
 * }
 *
 * <p>Threads: the consumer's.
 */
public final class HeldSubBuffers {
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    /** So much counts of the time between two looks: the machine may have stood still, and the writer with it. */
    private static final long LOOK_NANOS = 100_000_000L;

    private final Consumer consumer;
    private final List<Long> passed = new ArrayList<>();
    /** How long a held sub-buffer was seen after the end of the writing, and when last. */
    private long waited;
    private long last;
    private boolean ending;

    /**
     * Nothing is passed yet.
     *
     * @param consumer of the buffer
     */
    public HeldSubBuffers(Consumer consumer) {
        this.consumer = consumer;
    }

    /**
     * To be told what each poll has found.
     *
     * @param found what {@link Consumer#poll} returned
     * @param isOver whether the channel is closed, or its process dead
     * @return the sequence of the sub-buffer that was passed now, -1 if none was
     */
    public long look(Readiness found, boolean isOver) {
        if (found != Readiness.HELD || !isOver) {
            return -1L;
        }
        final long now = System.nanoTime();
        if (!ending) {
            ending = true;
            last = now;
        }
        waited += Math.min(now - last, LOOK_NANOS);
        last = now;
        final long sequence = consumer.heldSequence();
        if (waited < PATIENCE_NANOS || sequence < 0L || !consumer.pass()) {
            return -1L;
        }
        passed.add(sequence);
        return sequence;
    }

    /**
     * What was passed.
     *
     * @return sequences, in their order
     */
    public List<Long> passed() {
        return List.copyOf(passed);
    }

    /**
     * What was passed, in words.
     *
     * @param cpu the buffer
     * @param passed sequences, one or more
     * @return a line
     */
    public static String describe(int cpu, List<Long> passed) {
        return "cpu " + cpu + ": PASSED " + passed.size() + (passed.size() == 1 ? " sub-buffer" : " sub-buffers")
                + ", not in the file: a writer never finished a record in "
                + passed.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
