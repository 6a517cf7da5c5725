// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The application of the soak: writers that never wait for room, each with its book, until stdin ends. Its arguments
 * are the channel's directory, the books' one, and the number of writers.
 */
final class SoakApplication {
    /** Records that each writer writes in a row, then it pauses. */
    private static final int BURST = 40;
    private static final long PAUSE_NANOS = 50_000_000L;

    private static volatile boolean stopped;

    private SoakApplication() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        final Path books = Path.of(arguments[1]);
        final List<Thread> writers = new ArrayList<>();
        try (RelayApp app = RelayApp.open(Path.of(arguments[0]), "cpu", new RelayApp.Events() { })) {
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                final int writer = i;
                final SoakBook book = new SoakBook(books, writer); // mapped until the process ends
                writers.add(Thread.ofPlatform().start(() -> write(app, writer, book)));
            }
            System.out.println("ready");
            System.in.read();
            stopped = true;
            for (final Thread writer : writers) {
                writer.join();
            }
        }
        System.out.println("closed");
    }

    private static void write(RelayApp app, int writer, SoakBook book) {
        for (int number = 0; number < SoakBook.CAPACITY && !stopped; number++) {
            final byte[] record = SoakBook.record(writer, number);
            book.set(number, SoakBook.BEGUN);
            book.set(number, SoakBook.fate(app.write(record, 0, record.length)));
            if (number % BURST == writer) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
