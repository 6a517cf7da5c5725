// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The application as its collector sees it: a connection on which it answers within a time or not at all, and whose end
 * is noticed. A thread of its own connects and reads, since both may wait for ever: an application that is stopped
 * (SIGSTOP), or out of file descriptors, accepts and answers nothing.
 */
final class Application implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(50);
    /** 30 s and 1 s, in looks: while this process stands still, as all of a frozen machine do, nobody is silent. */
    private static final int PATIENCE = 600;
    private static final int PATIENCE_AT_THE_END = 20;

    private final Path path;
    private final BooleanSupplier stop;
    private final SocketChannel socket;
    private final ControlFile.Connection connection;
    /** What the other side has said: first that it is there, by an empty line; at its end an empty optional. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    private volatile IOException failure;
    private volatile boolean ended;

    /** Thrown when the application is there, and silent. */
    static final class SilentException extends IOException {
        private static final long serialVersionUID = 1L;

        SilentException(String message) {
            super(message);
        }
    }

    private Application(Path path, BooleanSupplier stop) throws IOException {
        this.path = path;
        this.stop = stop;
        this.socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        this.connection = new ControlFile.Connection(socket);
        Thread.ofPlatform().daemon().name("collect-application").start(this::read);
    }

    /**
     * Connects.
     *
     * @param path the application's control file
     * @param stop true when the collector was told to end: then it is less patient
     * @throws SocketException if nobody is there
     */
    static Application connect(Path path, BooleanSupplier stop) throws IOException, InterruptedException {
        final Application application = new Application(path, stop);
        try {
            application.await("to be let in");
            return application;
        } catch (IOException | InterruptedException failed) {
            application.close();
            throw failed;
        }
    }

    private void read() {
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            lines.add(Optional.of(""));
            for (String line = connection.readLine(); line != null; line = connection.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException broken) {
            failure = broken;
        }
        ended = true;
        lines.add(Optional.empty());
    }

    /**
     * Asks for something.
     *
     * @return the answer
     * @throws SilentException if there is none in time
     */
    String ask(String command) throws IOException, InterruptedException {
        if (ended) {
            throw new IOException(command + ": the application is gone");
        }
        connection.writeLine(command);
        return await("to answer '" + command + "'");
    }

    private String await(String what) throws IOException, InterruptedException {
        int left = PATIENCE;
        for (boolean hurried = false;; left--) {
            final Optional<String> line = lines.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            if (line != null && line.isPresent()) {
                return line.get();
            }
            if (line != null) {
                lines.add(line);
                throw failure instanceof SocketException absent ? absent : new IOException("the application is gone");
            }
            if (!hurried && stop.getAsBoolean()) {
                hurried = true;
                left = Math.min(left, PATIENCE_AT_THE_END);
            }
            if (left <= 0) {
                throw new SilentException(path + ": the application was asked " + what
                        + " and is silent: it is stopped, or out of file descriptors");
            }
        }
    }

    /** Does what it is asked. */
    void tell(String command) throws IOException, InterruptedException {
        final String answer = ask(command);
        if (!"ok".equals(answer)) {
            throw new IOException(command + ": " + answer);
        }
    }

    /** Whether the connection is at its end: the application has closed it, or has ended. */
    boolean isEnded() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
