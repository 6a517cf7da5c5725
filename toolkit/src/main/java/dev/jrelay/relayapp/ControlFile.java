// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.units.Times;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A file that is read and written by a client's own functions: {@code relayfs_create_file} and
 * {@code relayfs_remove_file}. It is a Unix-domain socket; from a shell:
 *
 * <pre>
 *   relay get DIR/name                  or    echo | nc -U DIR/name
 *   relay set DIR/name VALUE            or    echo VALUE | nc -U DIR/name
 * </pre>
 *
 * <p>Protocol: the other side sends a line; an empty one, or the end, reads. The answer to a read is the value, to a
 * write {@code ok}; or {@code error: } and the reason. Then the connection is closed. A {@link Session} is free to do
 * otherwise.
 *
 * <p>Threads: functions run on virtual threads, for several connections at once. Any thread may close.
 */
public final class ControlFile implements AutoCloseable {
    private static final int MAX_LINE = 4096;
    private static final int MAX_ANSWER = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Path path;
    private final ServerSocketChannel server;
    private final Session session;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /** Reads the file. */
    @FunctionalInterface
    public interface Reader {
        /**
         * The content.
         *
         * @return text
         * @throws IOException to answer with its message as the error
         */
        String read() throws IOException;
    }

    /** Writes the file. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Takes a value.
         *
         * @param value the line that was written, without its end
         * @throws IOException to answer with its message as the error
         */
        void write(String value) throws IOException;
    }

    /** What is done with a connection, from its begin to its end. */
    @FunctionalInterface
    interface Session {
        void serve(Connection connection) throws IOException;
    }

    /** A connection, line by line. */
    static final class Connection {
        private final SocketChannel socket;
        private final InputStream in;

        Connection(SocketChannel socket) {
            this.socket = socket;
            this.in = new BufferedInputStream(Channels.newInputStream(socket));
        }

        /** The next line without its end; null at the end. */
        String readLine() throws IOException {
            final ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
                }
                if (line.size() == MAX_LINE) {
                    throw new IOException("a line is longer than " + MAX_LINE + " bytes");
                }
                line.write(next);
            }
            return line.toString(StandardCharsets.UTF_8);
        }

        void writeLine(String line) throws IOException {
            for (final ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n"); bytes.hasRemaining();) {
                socket.write(bytes);
            }
        }
    }

    private ControlFile(Path path, ServerSocketChannel server, Session session) {
        this.path = path;
        this.server = server;
        this.session = session;
        Thread.ofPlatform().daemon().name("relay-control-" + path.getFileName()).start(this::accept);
    }

    /**
     * Creates a control file.
     *
     * @param name a single name
     * @param parent an existing directory; with the name at most about 100 bytes long
     * @param reader what reading does; null if it cannot be read
     * @param writer what writing does; null if it cannot be written
     * @return the file; close it to remove it
     * @throws IOException if it exists, unless its process is gone, or cannot be created
     */
    public static ControlFile create(String name, Path parent, Reader reader, Writer writer) throws IOException {
        return create(name, parent, connection -> serve(connection, reader, writer));
    }

    static ControlFile create(String name, Path parent, Session session) throws IOException {
        final Path path = parent.resolve(name);
        removeDead(path);
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException failed) {
            server.close();
            throw new IOException(path + ": cannot create the control file: " + failed.getMessage(), failed);
        }
        return new ControlFile(path, server, session);
    }

    /** A socket on which nobody listens is what a killed process has left. */
    private static void removeDead(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                throw new IOException(path + ": exists already, and a process serves it (" + probe + ")");
            } catch (ConnectException dead) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void accept() {
        for (;;) {
            try {
                final SocketChannel socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (ClosedChannelException byClose) {
                return;
            } catch (IOException scarce) { // no file descriptors left: whoever asks waits until there are some
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void serve(SocketChannel socket) {
        try (socket) {
            session.serve(new Connection(socket));
        } catch (IOException gone) {
            // the other side is, and there is nobody to tell
        } finally {
            open.remove(socket);
        }
    }

    private static void serve(Connection connection, Reader reader, Writer writer) throws IOException {
        final String line = connection.readLine();
        String answer;
        try {
            if (line == null || line.isEmpty()) {
                answer = reader == null ? "error: cannot be read" : reader.read();
            } else if (writer == null) {
                answer = "error: cannot be written";
            } else {
                writer.write(line);
                answer = "ok";
            }
        } catch (IOException | RuntimeException refused) {
            answer = "error: " + Failures.describe(refused);
        }
        connection.writeLine(answer);
    }

    /**
     * Reads or writes a control file of another process.
     *
     * @param path the file
     * @param value what to write, one line of at most 4096 bytes; null or empty to read
     * @return the value, or {@code ok}
     * @throws IOException if it is not there, its process is gone, it answers with an error, with more than a mebibyte,
     *     not at all, or not within 10 s
     * @throws IllegalArgumentException if the value is longer than that, or has several lines
     */
    public static String ask(Path path, String value) throws IOException {
        checkLine(value == null ? "" : value);
        return ask(path, value, PATIENCE);
    }

    /** Whoever reads it takes one line. */
    private static void checkLine(String value) {
        final int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_LINE || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a value of " + length + " bytes"
                    + (length > MAX_LINE ? "" : " in several lines") + ": must be one line of at most " + MAX_LINE);
        }
    }

    static String ask(Path path, String value, Duration atMost) throws IOException {
        final CompletableFuture<String> answer = new CompletableFuture<>();
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Thread.ofPlatform().daemon().name("ask").start(() -> { // a stopped process lets it wait for ever
                try {
                    answer.complete(exchange(socket, path, value));
                } catch (IOException | RuntimeException failed) {
                    answer.completeExceptionally(failed);
                }
            });
            return await(answer, atMost);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException io ? io : new IOException(failed.getCause());
        } catch (TimeoutException silent) {
            throw new IOException(path + ": no answer within " + Times.text(atMost.toNanos())
                    + ": the process that serves it is stopped, or out of file descriptors", silent);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(path + ": interrupted before there was an answer", stopped);
        }
    }

    /** In short looks: while this process stands still, as all of a frozen machine do, the other one is not silent. */
    private static String await(CompletableFuture<String> answer, Duration atMost)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (long left = atMost.dividedBy(LOOK);; left--) {
            try {
                return answer.get(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException none) {
                if (left <= 0L) {
                    throw none;
                }
            }
        }
    }

    private static String exchange(SocketChannel socket, Path path, String value) throws IOException {
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            final Connection connection = new Connection(socket);
            connection.writeLine(value == null ? "" : value);
            String line = connection.readLine();
            if (line == null) {
                throw new IOException(path + ": the connection was ended without an answer");
            }
            final StringBuilder answer = new StringBuilder(line);
            for (line = connection.readLine(); line != null; line = connection.readLine()) {
                if (answer.length() > MAX_ANSWER) {
                    throw new IOException(path + ": the answer is longer than " + MAX_ANSWER + " characters");
                }
                answer.append('\n').append(line);
            }
            if (answer.indexOf("error: ") == 0) {
                throw new IOException(path + ": " + answer.substring("error: ".length()));
            }
            return answer.toString();
        } catch (SocketException refused) {
            throw new IOException(path + ": no process serves this control file: " + refused.getMessage(), refused);
        }
    }

    /**
     * Where it is.
     *
     * @return the file
     */
    public Path path() {
        return path;
    }

    /** Removes the file and ends its connections. Idempotent. */
    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        for (final SocketChannel socket : open) {
            socket.close();
        }
    }
}
