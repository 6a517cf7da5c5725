// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class KlogHandlerTest {
    private final Klog klog = new Klog();
    private final KlogHandler handler = new KlogHandler(klog);
    private final Logger logger = Logger.getAnonymousLogger();

    @Test
    void logsEachRecordOnce() throws Exception {
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        logger.info("nothing attached");
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            logger.log(Level.WARNING, "{0} of {1}", new Object[] {1, "two"});
            logger.fine("below the logger's level");
            handler.setLevel(Level.SEVERE);
            logger.warning("below the handler's level");
            logger.log(Level.SEVERE, "failed", new IllegalStateException("reason"));
            handler.flush();
            handler.close();
            assertThat(Records.drain(channel)).satisfiesExactly(
                    first -> assertThat(first).isEqualTo("0:WARNING null: 1 of two"),
                    second -> assertThat(second).startsWith(
                            "2:SEVERE null: failed\njava.lang.IllegalStateException: reason\n\tat "));
        }
    }

    @Test
    void writesWhatAFormatterThatThrowsDoesNot() throws Exception {
        handler.setFormatter(new Formatter() {
            @Override
            public String format(LogRecord record) {
                throw new IllegalArgumentException("bad");
            }
        });
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            handler.publish(new LogRecord(Level.INFO, "x"));
            handler.publish(null);
            assertThat(Records.drain(channel)).containsExactly("0:INFO null: x (formatting of "
                    + "java.util.logging.LogRecord threw java.lang.IllegalArgumentException)");
            assertThat(klog.failureCount()).isOne();
        }
    }
}
