// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.Mode;
import dev.jrelay.relayapp.Collector;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A collector into a topic in a process of its own, to be killed; it ends when its stdin does. */
final class CollectorProcess implements AutoCloseable {
    /** Failures show in seconds, not in half a minute; {@code -Dpatience=300000}, ms, where time stands still. */
    private static final int PATIENCE = Integer.getInteger("patience", 3_000);
    private static final Map<String, Object> HASTY = Map.of("request.timeout.ms", Integer.toString(PATIENCE / 2),
            "delivery.timeout.ms", Integer.toString(PATIENCE), "max.block.ms", Integer.toString(PATIENCE), "linger.ms",
            "0");
    static final int SUB_BUFFER_SIZE = 4096;
    static final int SUB_BUFFERS = 16;

    private final Process process;
    private final BufferedReader lines;

    private CollectorProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    static KafkaSettings settings(String brokers, String topic) {
        final Map<String, Object> client = new java.util.HashMap<>(HASTY);
        client.put("bootstrap.servers", brokers);
        return new KafkaSettings(topic, "test-host", 0, client, Map.of());
    }

    static Collector.Plan plan(Path directory) {
        return new Collector.Plan(directory, "cpu", SUB_BUFFER_SIZE, SUB_BUFFERS, Mode.NO_OVERWRITE,
                Duration.ofMillis(200L), false);
    }

    static CollectorProcess start(Path directory, String brokers, String topic) throws IOException {
        return new CollectorProcess(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dpatience=" + PATIENCE,
                "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), CollectorProcess.class.getName(), directory.toString(), brokers,
                topic).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    void awaitStarted() throws IOException {
        final String line = lines.readLine();
        if (!"started".equals(line)) {
            throw new IOException("the collector says: " + line);
        }
    }

    void kill() {
        process.destroyForcibly();
        for (boolean interrupted = false;;) {
            try {
                process.waitFor();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
    }

    /** Ends it in order; returns what it says. */
    List<String> stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        final List<String> said = lines.lines().toList();
        process.waitFor();
        return said;
    }

    @Override
    public void close() {
        kill();
    }

    /** Collects until the end of stdin; prints {@code started}, and at the end what went wrong. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        final AtomicBoolean stop = new AtomicBoolean();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // nothing is sent
                }
            } catch (IOException broken) {
                // as good as the end
            }
            stop.set(true);
        });
        final Collector.Summary summary = Collector.run(plan(Path.of(arguments[0])),
                new KafkaSink(settings(arguments[1], arguments[2]), System.err::println),
                () -> System.out.println("started"), stop::get);
        System.out.println("unsaved " + summary.unsaved());
        System.exit(0);
    }
}
