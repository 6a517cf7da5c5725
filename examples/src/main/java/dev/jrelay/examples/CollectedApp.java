// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.Mode;
import dev.jrelay.relayapp.Collector;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * relay-app and its collector: the application's logging begins when a collector comes, and ends with it. Here both are
 * in one process, to be seen at once; as a rule the collector is {@code relay collect}, in a process of its own.
 */
public final class CollectedApp {
    private CollectedApp() {
    }

    /** Writes before, while and after it is collected, and prints what the collector's files hold. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        final Path root = Files.createTempDirectory("relay-app");
        final Path directory = root.resolve("channel");
        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch stop = new CountDownLatch(1);
        final Collector.Summary summary;
        try (RelayApp app = RelayApp.open(directory, "cpu", new RelayApp.Events() { });
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            write(app, "nobody collects");
            final Collector.Plan plan = new Collector.Plan(directory, "cpu", 4096, 4,
                    Mode.NO_OVERWRITE, Duration.ofSeconds(1), false);
            final FileSink sink = new FileSink(root.resolve("out"), false);
            final Future<Collector.Summary> collected =
                    executor.submit(() -> Collector.run(plan, sink, started::countDown, () -> stop.getCount() == 0L));
            started.await();
            write(app, "somebody collects");
            stop.countDown();
            summary = collected.get();
            write(app, "nobody again");
        }
        for (final String target : summary.targets()) {
            final Path file = Path.of(target);
            System.out.print(Files.size(file) == 0L ? "" : file + ": " + Files.readString(file, US_ASCII));
            Files.delete(file);
        }
        summary.problems().forEach(System.out::println);
    }

    private static void write(RelayApp app, String text) {
        final byte[] line = (text + "\n").getBytes(US_ASCII);
        final long result = app.write(line, 0, line.length);
        System.out.println((result == RelayApp.OFF ? "off:     " : "written: ") + text);
    }
}
