// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Channels for tests, and what is in them. */
final class Records {
    private Records() {
    }

    static Channel open(int subBufferSize, int subBufferCount) throws IOException {
        return Channel.open(ChannelConfig.builder("klog").subBufferSize(subBufferSize).subBufferCount(subBufferCount)
                .bufferCount(1).build());
    }

    /** Flushes, and consumes buffer 0: {@code id:text} for each record. */
    static List<String> drain(Channel channel) {
        channel.flush();
        try (Consumer consumer = channel.consumer(0)) {
            return consume(consumer, 0);
        }
    }

    /** Consumes all that a closed channel holds. */
    static List<String> drain(Consumer consumer, int headerBytes) {
        final List<String> records = new ArrayList<>();
        while (consumer.poll(1_000_000_000L) != Readiness.HANG_UP) {
            records.addAll(consume(consumer, headerBytes));
        }
        return records;
    }

    private static List<String> consume(Consumer consumer, int headerBytes) {
        final List<String> records = new ArrayList<>();
        final KlogReader reader = new KlogReader();
        for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
            for (reader.wrap(s, headerBytes); reader.next();) {
                records.add(reader.id() + ":" + reader.text());
            }
            if (reader.damagedBytes() != 0L) {
                throw new AssertionError(reader.damagedBytes() + " bytes damaged");
            }
            consumer.subBuffersConsumed(1);
        }
        return records;
    }
}
