// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

/**
 * What one buffer has to bear, and what is asked of it.
 *
 * @param sizes lengths of messages
 * @param rate messages per second on the average, bursts not included
 * @param burst messages of a burst, which come as fast as they can
 * @param burstPeriod from one burst to the next, ns; infinite for none
 * @param consumerRate what the consumer takes while it works, bytes/s
 * @param stalls when it does not
 * @param headerBytes reserved at the start of each sub-buffer
 * @param loss the share of messages that may be lost
 * @param latency from a write until its consumer has the message, at most, ns, stalls not included; infinite for any
 * @param memory of one buffer at most, bytes
 */
record Load(MessageSizes sizes, double rate, int burst, double burstPeriod, double consumerRate, Stalls stalls,
        int headerBytes, double loss, double latency, long memory) {
    /** Time of one second, ns. */
    static final double SECOND = 1e9;

    /** Bytes per second, bursts included. */
    double bytesPerSecond() {
        return messagesPerSecond() * sizes.mean();
    }

    double messagesPerSecond() {
        return rate + (burst == 0 ? 0.0 : burst * SECOND / burstPeriod);
    }

    /** Why no buffer could do it, or null: the consumer must be faster than the writers. */
    String impossible() {
        final double working = stalls.kind() == Stalls.Kind.NONE ? 1.0 : 1.0 - meanStall() / stalls.period();
        if (bytesPerSecond() >= consumerRate * working) {
            return String.format(java.util.Locale.ROOT, "the consumer takes %.1f MB/s (stalls included), the writers "
                    + "write %.1f MB/s: no buffer is large enough for ever", consumerRate * working / 1e6,
                    bytesPerSecond() / 1e6);
        }
        return null;
    }

    private double meanStall() {
        return stalls.pause() + (stalls.kind() == Stalls.Kind.PARETO
                ? stalls.nanos() * stalls.shape() / (stalls.shape() - 1.0) : stalls.nanos());
    }

    /** The same load on a machine that pauses the consumer. */
    Load on(Machine machine) {
        return withStalls(stalls.on(machine.pause()));
    }

    Load withStalls(Stalls other) {
        return new Load(sizes, rate, burst, burstPeriod, consumerRate, other, headerBytes, loss, latency, memory);
    }
}
