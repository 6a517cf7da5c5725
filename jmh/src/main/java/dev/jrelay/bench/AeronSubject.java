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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron over IPC in one process: exclusive or concurrent publication, messages offered or claimed in place. Driver and
 * client run on the consumer's thread (invoker mode), which spares them a third thread that two cores do not have; they
 * run when nothing came, and often enough for the publisher's window of half a term. Not for benchmarks in which the
 * writer drains: right after the drain its publication may still be without room.
 */
final class AeronSubject extends Subject {
    private static final String CHANNEL = "aeron:ipc?term-length=";
    private static final int STREAM = 1;
    private static final int FRAGMENTS = 256;
    private static final int INVOKE_EACH = 16;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final MediaDriver driver;
    private final Aeron aeron;
    private final Subscription subscription;
    private final Publication publication;
    private final UnsafeBuffer message;
    private final UnsafeBuffer copy;
    private final FragmentHandler handler;
    private int polls;

    AeronSubject(String name, byte[] message, int capacity, boolean copying) {
        this.message = new UnsafeBuffer(message);
        this.copy = new UnsafeBuffer(new byte[Math.max(message.length, EVENT)]);
        final Path directory = directory();
        driver = MediaDriver.launch(new MediaDriver.Context().threadingMode(ThreadingMode.INVOKER)
                .aeronDirectoryName(directory.toString()).dirDeleteOnStart(true).dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false).spiesSimulateConnection(false));
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString())
                .driverAgentInvoker(driver.sharedAgentInvoker()).useConductorAgentInvoker(true));
        final String channel = CHANNEL + Math.max(capacity, 1 << 16);
        subscription = aeron.addSubscription(channel, STREAM);
        publication = name.equals("aeron-exclusive") ? aeron.addExclusivePublication(channel, STREAM)
                : aeron.addPublication(channel, STREAM);
        this.handler = copying ? (buffer, offset, length, header) -> copy.putBytes(0, buffer, offset, length)
                : AeronSubject::look;
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!publication.isConnected()) {
            invoke();
            if (System.nanoTime() > deadline) {
                close();
                throw new IllegalStateException("Aeron: publication and subscription did not meet");
            }
        }
    }

    private static Path directory() {
        try {
            final Path shared = Path.of("/dev/shm");
            return Files.isDirectory(shared) ? Files.createTempDirectory(shared, "aeron-bench")
                    : Files.createTempDirectory("aeron-bench");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void look(DirectBuffer buffer, int offset, int length, Object header) {
    }

    private void invoke() {
        driver.sharedAgentInvoker().invoke();
        aeron.conductorAgentInvoker().invoke();
    }

    @Override
    Writer newWriter() {
        return new Side(publication, message);
    }

    @Override
    long drain() {
        long messages = 0L;
        for (;;) {
            final int polled = subscription.poll(handler, FRAGMENTS);
            messages += polled;
            if (polled == 0 || ++polls % INVOKE_EACH == 0) {
                invoke();
            }
            if (polled == 0) {
                return messages;
            }
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(aeron, driver);
    }

    private static final class Side extends Writer {
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
                    position = to.tryClaim(EVENT, claimed);
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
}
