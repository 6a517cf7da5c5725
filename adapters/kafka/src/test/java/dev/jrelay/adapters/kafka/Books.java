// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.Channel;
import dev.jrelay.SharedWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Writers, one for each buffer of a channel, and what was accepted of each. What is refused is not written again. */
final class Books {
    private static final int BURST = 40;
    private static final long PAUSE_NANOS = 1_000_000L;

    private final List<Writer> writers = new ArrayList<>();
    private volatile boolean stopped;

    /** One thread and what it has written. */
    private final class Writer {
        private final SharedWriter target;
        private final ByteArrayOutputStream accepted = new ByteArrayOutputStream();
        private final Thread thread;
        private long records;
        private long refused;

        Writer(SharedWriter target) {
            this.target = target;
            this.thread = Thread.ofPlatform().daemon().unstarted(this::run);
        }

        private void run() {
            for (long number = 0L; !stopped; number++) {
                final String text = "cpu " + target.buffer().index() + " record " + number + "\n";
                final byte[] record = text.getBytes(US_ASCII);
                if (target.write(record, 0, record.length) < 0L) {
                    refused++;
                    LockSupport.parkNanos(PAUSE_NANOS);
                } else {
                    records++;
                    accepted.writeBytes(record);
                }
                if (number % BURST == 0L) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Starts writing. */
    Books(Channel channel) {
        for (int i = 0; i < channel.bufferCount(); i++) {
            writers.add(new Writer(channel.writer(i)));
        }
        writers.forEach(writer -> writer.thread.start());
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (final Writer writer : writers) {
            writer.thread.join();
        }
    }

    int buffers() {
        return writers.size();
    }

    byte[] accepted(int buffer) {
        return writers.get(buffer).accepted.toByteArray();
    }

    long records(int buffer) {
        return writers.get(buffer).records;
    }

    long refused(int buffer) {
        return writers.get(buffer).refused;
    }
}
