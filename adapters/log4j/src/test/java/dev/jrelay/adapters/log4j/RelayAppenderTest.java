// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.log4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.MarkerManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AppenderLoggingException;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

@Timeout(60)
class RelayAppenderTest {
    private static final Path PAGE = Path.of("../../docs/logging.md");

    private final LoggerContext context = new LoggerContext("test");
    private final Told told = new Told();

    @TempDir
    private Path directory;

    /** What Log4j's status says. */
    private static final class Told implements StatusListener {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void log(StatusData data) {
            lines.add(data.getLevel() + " " + data.getMessage().getFormattedMessage());
        }

        @Override
        public Level getStatusLevel() {
            return Level.INFO;
        }

        @Override
        public void close() {
            // nothing to close
        }
    }

    @BeforeEach
    void listen() {
        System.setProperty("LOGS", directory.toString());
        StatusLogger.getLogger().registerListener(told);
    }

    @AfterEach
    void stop() {
        context.stop();
        StatusLogger.getLogger().removeListener(told);
        System.clearProperty("LOGS");
    }

    private Path file() {
        return directory.resolve("app.log");
    }

    private Logger configure(String xml) throws IOException {
        final ConfigurationSource source = new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(UTF_8)));
        context.start(new XmlConfiguration(context, source));
        return context.getLogger("org.example.Shop");
    }

    private Logger withOptions(String options) throws IOException {
        return configure("""
                <Configuration>
                    <Appenders>
                        <Relay name="RELAY" file="%s" %s><PatternLayout pattern="%%msg%%n"/></Relay>
                    </Appenders>
                    <Loggers><Root level="INFO"><AppenderRef ref="RELAY"/></Root></Loggers>
                </Configuration>
                """.formatted(file(), options));
    }

    private RelayAppender appender() {
        return context.getConfiguration().getAppender("RELAY");
    }

    /** The page's configuration. */
    private static String printed() throws IOException {
        return Files.readString(PAGE).split("## Log4j 2\n\n```xml\n", 2)[1].split("```", 2)[0];
    }

    @Test
    void asThePageSays() throws Exception {
        final Logger log = configure(printed());
        try (ThreadContextEntry _ = new ThreadContextEntry("user", "4711")) {
            log.info(MarkerManager.getMarker("AUDIT"), "{} of {}", 1, "two");
        }
        log.debug("not enabled");
        log.error("failed", new IllegalStateException("reason", new IOException("cause")));
        appender().flush();
        final List<String> lines = Files.readAllLines(file());
        assertThat(lines).startsWith("INFO  [main] example.Shop 4711 AUDIT RelayAppenderTest.java - 1 of two",
                "ERROR [main] example.Shop   RelayAppenderTest.java - failed",
                "java.lang.IllegalStateException: reason");
        assertThat(lines).contains("Caused by: java.io.IOException: cause");
        assertThat(told.lines).noneMatch(line -> line.startsWith("ERROR"));
    }

    /** A value in the context, for a while. */
    private record ThreadContextEntry(String key, String value) implements AutoCloseable {
        ThreadContextEntry {
            ThreadContext.put(key, value);
        }

        @Override
        public void close() {
            ThreadContext.remove(key);
        }
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
        assertThat(told.lines).contains("INFO Relay appender: wrote 1,000 events to " + file() + ", lost 0");
    }

    @Test
    void whatIsLostIsCountedByCauseAndSaid() throws Exception {
        final Logger log = withOptions("subBufferSize='1k' subBufferCount='2' buffers='1' exclusiveBuffers='1'");
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
        assertThat(told.lines.stream().filter(line -> line.startsWith("ERROR Relay appender: LOST ")).toList()
                .getLast()).endsWith(String.format("the buffer was full; %,d in all", lost));
        assertThat(told.lines).contains(String.format("INFO Relay appender: wrote %,d events to %s, lost %,d",
                events - lost, file(), lost));
    }

    @Test
    void whoWantsToKnowGetsAnException() throws Exception {
        final Logger log = withOptions("ignoreExceptions='false' subBufferSize='64' maxEvent='1k'");
        log.info("taken");
        final RelayAppender appender = appender();
        appender.stop();
        appender.start();
        assertThatThrownBy(() -> log.info("late")).isInstanceOf(AppenderLoggingException.class)
                .hasMessage("event lost: CLOSED");
        assertThat(appender.channel().statsSinceReset().lost(Loss.CLOSED).records()).isOne();
    }

    @Test
    void aWrongOptionIsAnErrorInTheStatus() throws Exception {
        withOptions("subBufferCount='3'").info("the application runs on");
        assertThat(told.lines).contains("ERROR Relay appender \"RELAY\" cannot be built: sub-buffer count 3: must be a "
                + "power of two from 1 to 1048576");
        assertThat(appender()).isNull();
        assertThat(file()).doesNotExist();
    }

    @Test
    void aFileThatCannotBeCreatedIsAnErrorInTheStatus() throws Exception {
        Files.createDirectory(file());
        withOptions("").info("the application runs on");
        assertThat(told.lines).anyMatch(line -> line.startsWith("ERROR Relay appender \"RELAY\" cannot be built: ")
                && line.contains(file().toString()));
    }

    /** Log4j starts the new configuration before it stops the old one: both have the channel, then one. */
    @Test
    void aChannelOutlivesReconfiguration() throws Exception {
        final Path files = directory.resolve("relay");
        final String xml = """
                <Configuration>
                    <Appenders>
                        <Relay name="RELAY" directory="%s"><PatternLayout pattern="%%msg%%n"/></Relay>
                    </Appenders>
                    <Loggers><Root level="INFO"><AppenderRef ref="RELAY"/></Root></Loggers>
                </Configuration>
                """.formatted(files);
        configure(xml).info("one");
        final var channel = appender().channel();
        final ConfigurationSource source = new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(UTF_8)));
        context.reconfigure(new XmlConfiguration(context, source));
        context.getLogger("org.example.Shop").info("two");
        assertThat(appender().channel()).isSameAs(channel);
        assertThat(channel.statsSinceReset().attempted().records()).isEqualTo(2L);
        assertThat(told.lines).noneMatch(line -> line.startsWith("ERROR"));
        context.stop();
        assertThat(files).isEmptyDirectory();
    }

    /** Of a channel in files there can be one; events go on into it, and the status says why nothing changes. */
    @Test
    void otherOptionsNeedARestart() throws Exception {
        final Path files = directory.resolve("relay");
        final String xml = """
                <Configuration>
                    <Appenders>
                        <Relay name="RELAY" directory="%s" subBufferCount="%d"><PatternLayout/></Relay>
                    </Appenders>
                    <Loggers><Root level="INFO"><AppenderRef ref="RELAY"/></Root></Loggers>
                </Configuration>
                """;
        configure(xml.formatted(files, 4)).info("one");
        final var channel = appender().channel();
        final ConfigurationSource source =
                new ConfigurationSource(new ByteArrayInputStream(xml.formatted(files, 16).getBytes(UTF_8)));
        context.reconfigure(new XmlConfiguration(context, source));
        context.getLogger("org.example.Shop").info("two");
        assertThat(channel.statsSinceReset().attempted().records()).isEqualTo(2L);
        assertThat(told.lines).anyMatch(line -> line.startsWith("ERROR Relay appender: goes on with its channel as it "
                + "is, ") && line.contains("SUB_BUFFER_COUNT=4") && line.contains("SUB_BUFFER_COUNT=16"));
    }

    /** A layout of Log4j's that has a beginning and an end; the file that is continued has only one beginning. */
    @Test
    void layoutsHaveTheirHeaderAndFooter() throws Exception {
        final String xml = """
                <Configuration>
                    <Appenders><Relay name="RELAY" file="%s"><HtmlLayout title="shop"/></Relay></Appenders>
                    <Loggers><Root level="INFO"><AppenderRef ref="RELAY"/></Root></Loggers>
                </Configuration>
                """.formatted(file());
        configure(xml).info("first <one>");
        context.stop();
        assertThat(Files.readString(file())).startsWith("<!DOCTYPE HTML").contains("first &lt;one&gt;")
                .endsWith("</body></html>\n");
        configure(xml).info("second");
        context.stop();
        assertThat(Files.readString(file())).containsOnlyOnce("<!DOCTYPE HTML").contains("second")
                .endsWith("</body></html>\n");
    }

    /** What a layout throws, be it an error, is lost and counted, and does not reach who logs. */
    @Test
    void anEventThatCannotBeFormattedIsCountedAndSaid() throws Exception {
        final Logger log = withOptions("maxEvent='16'");
        final RelayAppender appender = appender();
        log.info("longer than sixteen bytes");
        log.info("broken", new IllegalStateException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
                throw new AssertionError("no");
            }

            @Override
            public String getLocalizedMessage() {
                throw new AssertionError("no");
            }
        });
        assertThat(appender.failedEvents()).isOne();
        assertThat(appender.cutEvents()).isOne();
        context.stop();
        assertThat(told.lines).contains("ERROR Relay appender: FAILED 1 events: something threw while they were "
                + "formatted or written; 1 in all", "ERROR Relay appender: CUT 1 events: longer than maxEvent or a "
                + "sub-buffer allows; 1 in all");
    }

    /** SLF4J's users have it by Log4j's own provider. */
    @Test
    void slf4jLogsThroughIt() throws Exception {
        final LoggerContext global = (LoggerContext) LogManager.getContext(false);
        final ConfigurationSource source =
                new ConfigurationSource(new ByteArrayInputStream(printed().getBytes(UTF_8)));
        global.reconfigure(new XmlConfiguration(global, source));
        try (MDC.MDCCloseable _ = MDC.putCloseable("user", "4711")) {
            LoggerFactory.getLogger("org.example.Shop").info("{} of {}", 1, "two");
        }
        global.stop();
        assertThat(Files.readString(file()))
                .isEqualTo("INFO  [main] example.Shop 4711  RelayAppenderTest.java - 1 of two\n");
    }

    /** Log4j's own shutdown hook stops the appender. */
    @Test
    void theEndOfTheJvmLosesNothing() throws Exception {
        final Path configuration = Files.writeString(directory.resolve("log4j2.xml"), printed());
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "-Dlog4j2.configurationFile=" + configuration,
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
                LogManager.getLogger(Logs.class).info("event {}", i);
            }
        }
    }
}
