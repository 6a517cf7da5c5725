// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ListResourceBundle;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KlogLoggerFinderTest {
    private final System.Logger logger = new KlogLoggerFinder().getLogger("a.logger", getClass().getModule());

    @Test
    void logsIntoTheKlog() throws Exception {
        final ResourceBundle bundle = new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                return new Object[][] {{"key", "{0} translated"}};
            }
        };
        assertThat(logger.isLoggable(System.Logger.Level.ERROR)).as("nothing attached").isFalse();
        try (Channel channel = Records.open(16 << 10, 4)) {
            KlogLoggerFinder.klog().attach(channel);
            logger.log(System.Logger.Level.INFO, "plain {0}");
            logger.log(System.Logger.Level.INFO, "{0} and {1}", 1, "two");
            logger.log(System.Logger.Level.INFO, "{0", 1);
            logger.log(System.Logger.Level.DEBUG, "not loggable");
            logger.log(System.Logger.Level.WARNING, bundle, "key", "x");
            logger.log(System.Logger.Level.WARNING, bundle, "no key", "x");
            logger.log(System.Logger.Level.ERROR, "thrown", new Error("why"));
            assertThat(Records.drain(channel)).satisfiesExactly(
                    a -> assertThat(a).isEqualTo("0:INFO a.logger: plain {0}"),
                    a -> assertThat(a).isEqualTo("0:INFO a.logger: 1 and two"),
                    a -> assertThat(a).isEqualTo("0:INFO a.logger: {0"),
                    a -> assertThat(a).isEqualTo("0:WARNING a.logger: x translated"),
                    a -> assertThat(a).isEqualTo("0:WARNING a.logger: no key"),
                    a -> assertThat(a).startsWith("0:ERROR a.logger: thrown\njava.lang.Error: why\n\tat "));
        } finally {
            KlogLoggerFinder.klog().detach();
        }
    }

    /** As a service, in a JVM of its own, since a JVM looks for its logger finder once. */
    @Test
    void takesOverSystemLoggersAsAService(@TempDir Path directory) throws Exception {
        final Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve("java.lang.System$LoggerFinder"), KlogLoggerFinder.class.getName());
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-cp", directory + File.pathSeparator + System.getProperty("java.class.path"),
                Application.class.getName()).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.strip()).isEqualTo("[0:INFO app: 3 connections]");
    }

    /** Logs by {@code System.Logger} only, and prints what arrived in the channel. */
    static final class Application {
        private Application() {
        }

        public static void main(String[] args) throws Exception {
            try (Channel channel = Records.open(4096, 4)) {
                KlogLoggerFinder.klog().attach(channel);
                System.getLogger("app").log(System.Logger.Level.INFO, "{0} connections", 3);
                System.out.println(Records.drain(channel));
            }
        }
    }
}
