// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.log4j;

import dev.jrelay.klog.LogChannel;
import dev.jrelay.klog.LogOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.appender.AbstractManager;

/**
 * The channel behind appenders of the same configuration. Log4j starts a new configuration before it stops the old one:
 * what has not changed goes on in the same channel, and no event falls in between.
 */
final class RelayManager extends AbstractManager {
    private final LogChannel log;

    private RelayManager(String name, LogChannel log) {
        super(null, name);
        this.log = log;
    }

    /**
     * Opens a channel, or finds the one that is open with the same options.
     *
     * @throws IllegalArgumentException if an option is wrong
     * @throws UncheckedIOException if a file cannot be created
     */
    static RelayManager of(LogOptions options) {
        return getManager("relay " + options, (name, values) -> {
            try {
                return new RelayManager(name, LogChannel.open(values, new Status()));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed.getMessage(), failed);
            }
        }, options);
    }

    LogChannel log() {
        return log;
    }

    @Override
    protected boolean releaseSub(long timeout, TimeUnit timeUnit) {
        try {
            log.close();
            return true;
        } catch (IOException failed) {
            logError("not all of " + getName() + " was closed", failed);
            return false;
        }
    }

    /** Lost events are errors here: of lower levels nothing is shown unless the configuration asks for it. */
    private static final class Status implements LogChannel.Status {
        @Override
        public void info(String text) {
            LOGGER.info("Relay appender: {}", text);
        }

        @Override
        public void warn(String text) {
            LOGGER.error("Relay appender: {}", text);
        }
    }
}
