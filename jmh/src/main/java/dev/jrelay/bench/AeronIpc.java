// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron over IPC, in one process or two: exclusive or concurrent publication, messages offered or claimed in place.
 * Driver and consuming client run on the consumer's thread (invoker mode), which spares them a third thread that two
 * cores do not have; they run when nothing came, and often enough for the publisher's window of half a term. Where the
 * writer drains, its publication may still be without room right after the drain: it pays for more drains than others,
 * so only the target that names it has it there.
 */
final class AeronIpc {
    static final String SHARED = "aeron-shared";

    static final List<Peer> PEERS = List.of(
            Peer.other("aeron-exclusive", "Aeron exclusive")
                    .as(Subject.class, setting -> new Log(true, setting), Group.STREAM)
                    .as(Pipe.class, setting -> new MappedLog(true, setting), Group.TO_PROCESS),
            Peer.other(SHARED, "Aeron shared")
                    .as(Subject.class, setting -> new Log(false, setting), Group.MANY_WRITERS, Group.ONE_BUFFER,
                            Group.STREAM)
                    .as(Pipe.class, setting -> new MappedLog(false, setting), Group.TO_PROCESS));

    private static final int STREAM = 1;
    private static final int FRAGMENTS = 256;
    private static final int INVOKE_EACH = 16;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private AeronIpc() {
    }

    private static String channel(Setting setting) {
        return "aeron:ipc?term-length=" + Math.max(setting.capacity(), 1 << 16);
    }

    private static Publication publish(Aeron aeron, boolean exclusive, Setting setting) {
        return exclusive ? aeron.addExclusivePublication(channel(setting), STREAM)
                : aeron.addPublication(channel(setting), STREAM);
    }

    /** Waits until there is a consumer; {@code meanwhile} is what keeps both going. */
    private static void connect(Publication publication, Runnable meanwhile) {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!publication.isConnected()) {
            meanwhile.run();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Aeron: publication and subscription did not meet");
            }
        }
    }

    /** The driver and the consumer, on one thread. */
    private static final class Taker implements AutoCloseable {
        private final MediaDriver driver;
        private final Aeron aeron;
        private final Subscription subscription;
        private int polls;

        Taker(Path directory, Setting setting) {
            driver = MediaDriver.launch(new MediaDriver.Context().threadingMode(ThreadingMode.INVOKER)
                    .aeronDirectoryName(directory.toString()).dirDeleteOnStart(true).dirDeleteOnShutdown(true)
                    .warnIfDirectoryExists(false).spiesSimulateConnection(false));
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString())
                    .driverAgentInvoker(driver.sharedAgentInvoker()).useConductorAgentInvoker(true));
            subscription = aeron.addSubscription(channel(setting), STREAM);
        }

        void invoke() {
            driver.sharedAgentInvoker().invoke();
            aeron.conductorAgentInvoker().invoke();
        }

        int poll(FragmentHandler handler) {
            final int polled = subscription.poll(handler, FRAGMENTS);
            if (polled == 0 || ++polls % INVOKE_EACH == 0) {
                invoke();
            }
            return polled;
        }

        @Override
        public void close() {
            CloseHelper.quietCloseAll(aeron, driver);
        }
    }

    private static final class Log extends Subject {
        private final Taker taker;
        private final Publication publication;
        private final UnsafeBuffer message;
        private final UnsafeBuffer copy;
        private final FragmentHandler handler;

        Log(boolean exclusive, Setting setting) throws IOException {
            message = new UnsafeBuffer(setting.message());
            copy = new UnsafeBuffer(new byte[Math.max(setting.size(), EVENT)]);
            handler = setting.copying() ? (buffer, offset, length, header) -> copy.putBytes(0, buffer, offset, length)
                    : Log::look;
            taker = new Taker(directory(), setting);
            publication = publish(taker.aeron, exclusive, setting);
            connect(publication, taker::invoke);
        }

        private static Path directory() throws IOException {
            final Path shared = Path.of("/dev/shm");
            return Files.isDirectory(shared) ? Files.createTempDirectory(shared, "aeron-bench")
                    : Files.createTempDirectory("aeron-bench");
        }

        private static void look(DirectBuffer buffer, int offset, int length, Object header) {
        }

        @Override
        Writer newWriter() {
            return new Side(publication, message);
        }

        @Override
        long drain() {
            long messages = 0L;
            for (int polled = taker.poll(handler); polled > 0; polled = taker.poll(handler)) {
                messages += polled;
            }
            return messages;
        }

        @Override
        public void close() {
            taker.close();
        }
    }

    private static final class Side extends Subject.Writer {
        private final Publication publication;
        private final UnsafeBuffer message;
        private final BufferClaim claim = new BufferClaim();

        Side(Publication publication, UnsafeBuffer message) {
            this.publication = publication;
            this.message = message;
        }

        private static boolean done(long position) {
            if (position == Publication.CLOSED || position == Publication.NOT_CONNECTED
                    || position == Publication.MAX_POSITION_EXCEEDED) {
                throw new IllegalStateException("Aeron: " + Publication.errorString(position));
            }
            return position > 0L;
        }

        @Override
        int write(int count) {
            final Publication to = publication;
            final UnsafeBuffer bytes = message;
            for (int i = 0; i < count; i++) {
                long position;
                do { // the offer that meets the end of a term rotates the log and has to be made again
                    position = to.offer(bytes, 0, bytes.capacity());
                } while (position == Publication.ADMIN_ACTION);
                if (!done(position)) {
                    return i;
                }
            }
            return count;
        }

        @Override
        int events(int count) {
            final Publication to = publication;
            final BufferClaim claimed = claim;
            for (int i = 0; i < count; i++) {
                long position;
                do {
                    position = to.tryClaim(Subject.EVENT, claimed);
                } while (position == Publication.ADMIN_ACTION);
                if (!done(position)) {
                    return i;
                }
                final MutableDirectBuffer buffer = claimed.buffer();
                final int index = claimed.offset();
                buffer.putLong(index, i);
                buffer.putLong(index + 8, i);
                buffer.putLong(index + 16, i);
                buffer.putLong(index + 24, i);
                claimed.commit();
            }
            return count;
        }
    }

    /** Two clients; the driver is the consumer's. A message without a byte is the last one. */
    private static final class MappedLog extends Pipe {
        private static final String FOLDER = "aeron";

        private final boolean exclusive;
        private final Setting setting;
        private Aeron aeron;
        private Publication publication;

        MappedLog(boolean exclusive, Setting setting) {
            this.exclusive = exclusive;
            this.setting = setting;
        }

        @Override
        Subject.Writer writer(Path directory) {
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.resolve(FOLDER).toString()));
            publication = publish(aeron, exclusive, setting);
            connect(publication, Thread::onSpinWait);
            return new Side(publication, new UnsafeBuffer(setting.message()));
        }

        @Override
        public void close() {
            final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
            while (publication.offer(nothing, 0, 0) < 0L) {
                Thread.onSpinWait();
            }
            aeron.close();
        }

        @Override
        long consume(Path directory, Runnable ready) {
            final UnsafeBuffer copy = new UnsafeBuffer(new byte[setting.size()]);
            final boolean[] ended = {false};
            long messages = 0L;
            try (Taker taker = new Taker(directory.resolve(FOLDER), setting)) {
                ready.run();
                while (!ended[0]) {
                    final int polled = taker.poll((buffer, offset, length, header) -> {
                        copy.putBytes(0, buffer, offset, length);
                        ended[0] |= length == 0;
                    });
                    messages += polled;
                    if (polled == 0) {
                        Thread.onSpinWait();
                    }
                }
            }
            return messages - 1L;
        }
    }
}
