// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** A broker of Kafka in a process of its own, from the class path of the tests: to be killed, and started again. */
final class Broker implements AutoCloseable {
    private static final String CLUSTER = "relayTestsRelayTestsRQ";
    private static final Duration START = Duration.ofSeconds(90L);

    private final Path directory;
    private final Path data;
    private final int port;
    private Process process;

    private Broker(Path directory, Path data, int port) {
        this.directory = directory;
        this.data = data;
        this.port = port;
    }

    /** Starts one with its data in a directory that exists or does not. */
    static Broker start(Path directory, Path data) throws Exception {
        final Broker broker = new Broker(directory, data, freePort());
        Files.writeString(directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                log.cleaner.enable=false
                log.segment.bytes=4194304
                auto.create.topics.enable=false
                """.formatted(broker.port, freePort(), data));
        final Process format = broker.java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c",
                directory.resolve("server.properties").toString());
        if (format.waitFor() != 0) {
            throw new IOException("format: " + Files.readString(directory.resolve("log")));
        }
        broker.start();
        return broker;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process java(String... arguments) throws IOException {
        final List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile())).start();
    }

    /** Starts it again, with what it had. */
    void start() throws Exception {
        process = java("kafka.Kafka", directory.resolve("server.properties").toString());
        final long deadline = System.nanoTime() + START.toNanos();
        for (;;) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", address(), "default.api.timeout.ms", 1_500,
                    "request.timeout.ms", 1_000))) {
                if (!admin.describeCluster().nodes().get(2L, TimeUnit.SECONDS).isEmpty()) {
                    return;
                }
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException notYet) {
                if (System.nanoTime() - deadline > 0L || !process.isAlive()) {
                    throw new IOException("the broker does not start: "
                            + Files.readString(directory.resolve("log")), notYet);
                }
            }
        }
    }

    /** As SIGKILL does. */
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

    boolean isAlive() {
        return process.isAlive();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    Path data() {
        return data;
    }

    @Override
    public void close() {
        kill();
    }
}
