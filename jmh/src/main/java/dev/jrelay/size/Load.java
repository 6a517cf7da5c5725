// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.Locale;

/**
 * What one buffer has to bear, and what is asked of it.
 *
 * @param traffic the messages
 * @param consumerRate what the consumer takes while it works, bytes/s
 * @param stalls when it does not
 * @param headerBytes reserved at the start of each sub-buffer
 * @param loss the share of messages that may be lost
 * @param latency until a sub-buffer is full, at most, ns; infinite for any
 * @param delay until a sub-buffer is closed though it is not full, ns; infinite for never
 * @param largest the largest sub-buffer that whoever gets it takes, bytes
 * @param memory of one buffer at most, bytes
 */
record Load(Traffic traffic, double consumerRate, Stalls stalls, int headerBytes, double loss, double latency,
        double delay, long largest, long memory) {
    /** Time of one second, ns. */
    static final double SECOND = 1e9;

    MessageSizes sizes() {
        return traffic.sizes();
    }

    /** Bytes per second, bursts included. */
    double bytesPerSecond() {
        return traffic.messagesPerSecond() * sizes().mean();
    }

    double messagesPerSecond() {
        return traffic.messagesPerSecond();
    }

    /** Why no buffer could do it, or null: the consumer must be faster than the writers. */
    String impossible() {
        final double working = stalls.kind() == Stalls.Kind.NONE ? 1.0 : 1.0 - stalls.mean() / stalls.period();
        if (bytesPerSecond() >= consumerRate * working) {
            return String.format(Locale.ROOT, "the consumer takes %.1f MB/s (stalls included), the writers "
                    + "write %.1f MB/s: no buffer is large enough for ever", consumerRate * working / 1e6,
                    bytesPerSecond() / 1e6);
        }
        return null;
    }

    /**
     * The same load on a machine that pauses the consumer: where nothing may be lost, in any stall; else as often as
     * it does.
     */
    Load on(Machine machine) {
        return withStalls(stalls.on(machine.pause(), loss == 0.0 ? 0.0 : Machine.PAUSE_EVERY));
    }

    Load withStalls(Stalls other) {
        return new Load(traffic, consumerRate, other, headerBytes, loss, latency, delay, largest, memory);
    }
}
