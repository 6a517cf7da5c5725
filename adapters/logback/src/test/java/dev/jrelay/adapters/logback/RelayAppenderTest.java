// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.logback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.EchoEncoder;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MarkerFactory;

@Timeout(60)
class RelayAppenderTest {
    private static final Path PAGE = Path.of("../../docs/logging.md");

    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        context.stop();
    }

    private Path file() {
        return directory.resolve("app.log");
    }

    private Logger configure(String xml) throws JoranException {
        context.setMDCAdapter(mdc);
        context.putProperty("LOGS", directory.toString());
        final JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(new ByteArrayInputStream(xml.getBytes(UTF_8)));
        return context.getLogger("org.example.Shop");
    }

    private Logger withOptions(String options) throws JoranException {
        return configure("""
                <configuration>
                    <appender name="RELAY" class="dev.jrelay.adapters.logback.RelayAppender">
                        %s
                        <encoder><pattern>%%msg%%n</pattern></encoder>
                    </appender>
                    <root level="INFO"><appender-ref ref="RELAY"/></root>
                </configuration>
                """.formatted(options));
    }

    private RelayAppender appender() {
        return (RelayAppender) context.getLogger("ROOT").getAppender("RELAY");
    }

    /** The page's configuration. */
    private static String printed() throws IOException {
        return Files.readString(PAGE).split("## Logback\n\n```xml\n", 2)[1].split("```", 2)[0];
    }

    private List<String> said(int level) {
        return context.getStatusManager().getCopyOfStatusList().stream().filter(status -> status.getLevel() == level)
                .map(Status::getMessage).toList();
    }

    @Test
    void asThePageSays() throws Exception {
        final Logger log = configure(printed());
        mdc.put("user", "4711");
        log.info(MarkerFactory.getMarker("AUDIT"), "{} of {}", 1, "two");
        mdc.remove("user");
        log.debug("not enabled");
        log.error("failed", new IllegalStateException("reason", new IOException("cause")));
        appender().flush();
        final List<String> lines = Files.readAllLines(file());
        assertThat(lines).startsWith("INFO  [main] org.example.Shop 4711 AUDIT RelayAppenderTest.java - 1 of two",
                "ERROR [main] org.example.Shop   RelayAppenderTest.java - failed",
                "java.lang.IllegalStateException: reason");
        assertThat(lines).contains("Caused by: java.io.IOException: cause");
        assertThat(said(Status.ERROR)).isEmpty();
    }

    @Test
    void stoppingWritesWhatIsThere() throws Exception {
        final Logger log = configure(printed());
        for (int i = 0; i < 1000; i++) {
            log.info("event {}", i);
        }
        final RelayAppender appender = appender();
        context.stop();
        log.info("late");
        assertThat(Files.readAllLines(file())).hasSize(1000).last().asString().endsWith("event 999");
        assertThat(appender.channel().statsSinceReset().lost().records()).isZero();
        assertThat(said(Status.INFO)).contains("wrote 1,000 events to " + file() + ", lost 0");
    }

    @Test
    void whatIsLostIsCountedByCauseAndSaid() throws Exception {
        final Logger log = withOptions("<file>" + file() + "</file><subBufferSize>1k</subBufferSize>"
                + "<subBufferCount>2</subBufferCount><buffers>1</buffers><exclusiveBuffers>1</exclusiveBuffers>");
        final int events = 100_000;
        for (int i = 0; i < events; i++) {
            log.info("an event that is lost sometimes");
        }
        final RelayAppender appender = appender();
        context.stop();
        final BufferStats stats = appender.channel().statsSinceReset();
        final long lost = stats.lost(Loss.FULL).records();
        assertThat(lost).isPositive().isEqualTo(stats.lost().records());
        assertThat(stats.attempted().records()).isEqualTo(events);
        assertThat(Files.readAllLines(file())).hasSize((int) (events - lost));
        assertThat(said(Status.WARN)).last().asString().startsWith("LOST ")
                .endsWith(String.format("the buffer was full; %,d in all", lost));
        assertThat(said(Status.INFO)).contains(String.format("wrote %,d events to %s, lost %,d", events - lost, file(),
                lost));
    }

    @Test
    void anEventThatCannotBeFormattedIsCountedAndSaid() throws Exception {
        final Logger log = withOptions("<file>" + file() + "</file><maxEvent>16</maxEvent>");
        log.info("{}", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        });
        appender().setEncoder(new EchoEncoder<>() {
            @Override
            public byte[] encode(ILoggingEvent event) {
                throw new AssertionError("no");
            }
        });
        log.info("lost");
        assertThat(appender().failedEvents()).isOne();
        assertThat(appender().cutEvents()).isOne();
        context.stop();
        assertThat(said(Status.WARN)).contains("FAILED 1 events: something threw while they were formatted or written; "
                + "1 in all", "CUT 1 events: longer than maxEvent or a sub-buffer allows; 1 in all");
        assertThat(Files.readString(file())).isEqualTo("[FAILED toString [cut]\n");
    }

    @Test
    void aWrongOptionIsAnErrorInTheStatus() throws Exception {
        final Logger log = withOptions("<file>" + file() + "</file><subBufferCount>3</subBufferCount>");
        log.info("the application runs on");
        assertThat(said(Status.ERROR)).contains("appender \"RELAY\" cannot be started: sub-buffer count 3: must be a "
                + "power of two from 1 to 1048576");
        assertThat(appender().channel()).isNull();
        assertThat(file()).doesNotExist();
    }

    /** Encoders and layouts of Logback's other than patterns. */
    @Test
    void anyEncoderWillDo() throws Exception {
        final String xml = """
                <configuration>
                    <appender name="RELAY" class="dev.jrelay.adapters.logback.RelayAppender">
                        <file>%s</file>
                        <append>false</append>
                        <encoder class="%s">%s</encoder>
                    </appender>
                    <root level="INFO"><appender-ref ref="RELAY"/></root>
                </configuration>
                """;
        configure(xml.formatted(file(), "ch.qos.logback.classic.encoder.JsonEncoder", "")).info("one {}", 1);
        context.reset();
        assertThat(Files.readString(file())).startsWith("{").contains("\"message\":\"one {}\"").endsWith("}\n");
        configure(xml.formatted(file(), "ch.qos.logback.core.encoder.LayoutWrappingEncoder",
                "<layout class=\"ch.qos.logback.classic.html.HTMLLayout\"/>")).info("two");
        context.stop();
        assertThat(Files.readString(file()).strip()).startsWith("<!DOCTYPE html").contains("two").endsWith("</html>");
    }

    @Test
    void noEncoderIsAnErrorInTheStatus() throws Exception {
        configure("""
                <configuration>
                    <appender name="RELAY" class="dev.jrelay.adapters.logback.RelayAppender"><file>x</file></appender>
                    <root level="INFO"><appender-ref ref="RELAY"/></root>
                </configuration>
                """).info("the application runs on");
        assertThat(said(Status.ERROR)).contains("no encoder: one must be given for the appender named \"RELAY\"");
    }

    /** Reconfiguring stops the appenders and makes them anew; the file goes on. */
    @Test
    void theFileGoesOnAfterReconfiguration() throws Exception {
        withOptions("<file>" + file() + "</file>").info("one");
        context.reset();
        withOptions("<file>" + file() + "</file>").info("two");
        context.stop();
        assertThat(Files.readAllLines(file())).containsExactly("one", "two");
    }

    /** Even without a shutdown hook in the configuration. */
    @Test
    void theEndOfTheJvmLosesNothing() throws Exception {
        final Path configuration = Files.writeString(directory.resolve("logback.xml"),
                printed().replace("<shutdownHook/>", ""));
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "-Dlogback.configurationFile=" + configuration,
                "-DLOGS=" + directory, Logs.class.getName()).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readAllLines(file())).hasSize(Logs.EVENTS);
    }

    /** An application that logs and ends. */
    static final class Logs {
        static final int EVENTS = 500;

        private Logs() {
        }

        public static void main(String[] arguments) {
            for (int i = 0; i < EVENTS; i++) {
                LoggerFactory.getLogger(Logs.class).info("event {}", i);
            }
        }
    }
}
