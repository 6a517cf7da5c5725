// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has come of one buffer, and whether its sequences are without gap and duplicate. */
final class SequenceCheck {
    private static final BufferStats NOTHING = new BufferStats(0L, 0L, 0L, Tally.ZERO, Tally.ZERO, 0L, Tally.ZERO,
            Tally.ZERO, Tally.ZERO, Map.of());

    final StreamId stream;
    final List<Gap> gaps = new ArrayList<>();
    BufferStats losses = NOTHING;
    long next;
    long subBuffers;
    long records;
    long bytes;
    long duplicates;
    boolean ended;

    SequenceCheck(StreamId stream) {
        this.stream = stream;
    }

    /** Accounts for a sub-buffer; false if it was there already. */
    boolean accept(SubBufferHeaders headers, int length) {
        if (headers.sequence() < next) {
            duplicates++;
            return false;
        }
        reach(headers.sequence(), headers.losses());
        next = headers.sequence() + 1L;
        subBuffers++;
        records += headers.records();
        bytes += length;
        return true;
    }

    /** Accounts for the end. */
    void end(SubBufferHeaders headers) {
        reach(headers.sequence(), headers.losses());
        ended = true;
    }

    KafkaReader.Result result() {
        return new KafkaReader.Result(stream, subBuffers, records, bytes, List.copyOf(gaps), duplicates, losses, ended);
    }

    private void reach(long sequence, BufferStats lost) {
        if (sequence > next) {
            gaps.add(new Gap(stream, next, sequence - 1L, losses, lost));
            next = sequence;
        }
        losses = lost;
    }
}
