// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.IOTools;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/** A Chronicle Queue: files only grow, so a new queue follows when one is full. */
final class Chronicle {
    static final String QUEUE = "chronicle";

    static final List<Peer> PEERS = List.of(
            Peer.other(QUEUE, "Chronicle Queue").as(FileLogger.class, setting -> new Appender(setting), Group.TO_FILE));

    private Chronicle() {
    }

    private static final class Appender extends FileLogger {
        private final Bytes<byte[]> source = Bytes.wrapForRead(message);
        private Path directory;
        private SingleChronicleQueue queue;
        private ExcerptAppender appender;
        private long left;

        Appender(Setting setting) throws IOException {
            super(setting);
            open();
        }

        private void open() throws IOException {
            directory = Files.createTempDirectory("jrelay-log");
            queue = SingleChronicleQueueBuilder.binary(directory.toFile()).rollCycle(RollCycles.FAST_HOURLY).build();
            appender = queue.createAppender();
            left = FILE / message.length;
        }

        @Override
        int write() throws IOException {
            if (left == 0L) {
                close();
                open();
            }
            left--;
            source.readPosition(0L);
            appender.writeBytes(source);
            return 0;
        }

        /** Counts what the queue itself says that it holds. */
        @Override
        void close() {
            bytes += queue.entryCount() * message.length;
            appender.close();
            queue.close();
            IOTools.deleteDirWithFiles(directory.toFile());
        }
    }
}
