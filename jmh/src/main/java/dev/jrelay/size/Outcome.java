// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import org.HdrHistogram.Histogram;

/** What became of a load, simulated or on the real channel. Not thread-safe. */
final class Outcome {
    /** Messages that writers tried to log. */
    long messages;
    /** Those of them that a brief simulation left out. */
    long leftOut;
    long lost;
    long lostBytes;
    long bytes;
    long padding;
    long subBuffers;
    /** Sub-buffers produced and not consumed, at most. */
    long maxBacklog;
    /** Runs of losses without a message that got through. */
    long episodes;
    /** From the first message of a sub-buffer until its consumer begins with it, ns. */
    final Histogram latency = new Histogram(3_600_000_000_000L, 3);
    /** From the moment a message was due until it was logged, ns; real runs only. */
    final Histogram writing = new Histogram(3_600_000_000_000L, 3);

    double loss() {
        return messages == 0L ? 0.0 : (double) lost / messages;
    }

    /** Padding as a share of the bytes of all sub-buffers. */
    double paddingShare() {
        return bytes + padding == 0L ? 0.0 : (double) padding / (bytes + padding);
    }

    void add(Outcome other) {
        messages += other.messages;
        leftOut += other.leftOut;
        lost += other.lost;
        lostBytes += other.lostBytes;
        bytes += other.bytes;
        padding += other.padding;
        subBuffers += other.subBuffers;
        maxBacklog = Math.max(maxBacklog, other.maxBacklog);
        episodes += other.episodes;
        latency.add(other.latency);
        writing.add(other.writing);
    }
}
