// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.log4j;

import dev.jrelay.klog.LogChannel;
import dev.jrelay.klog.LogOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.appender.AbstractManager;

/**
 * The channel behind appenders of the same name that write to the same place. Log4j starts a new configuration before
 * it stops the old one: the channel goes on, and no event falls in between. So its options are those of its first
 * appender, as the buffers of Log4j's own files are.
 */
final class RelayManager extends AbstractManager {
    private final LogChannel log;
    private final Layout<?> layout;
    private final String options;

    private RelayManager(String name, LogOptions options, Layout<?> layout) throws IOException {
        super(null, name);
        this.log = LogChannel.open(options, new Status());
        this.layout = layout;
        this.options = options.toString();
        if (log.isFresh()) {
            write(layout.getHeader());
        }
    }

    /**
     * Opens a channel, or finds the one that is open.
     *
     * @throws IllegalArgumentException if an option is wrong
     * @throws UncheckedIOException if a file cannot be created
     */
    static RelayManager of(LogOptions options, Layout<?> layout) {
        return getManager("relay " + options.check().identity(), (name, values) -> {
            try {
                return new RelayManager(name, values, layout);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed.getMessage(), failed);
            }
        }, options);
    }

    LogChannel log() {
        return log;
    }

    private void write(byte[] text) {
        if (text != null && text.length > 0) {
            log.write(text);
        }
    }

    @Override
    public void updateData(Object wanted) {
        if (!wanted.toString().equals(options)) {
            LOGGER.error("Relay appender: goes on with its channel as it is, {}; what is new in {} needs a restart",
                    options, wanted);
        }
    }

    @Override
    protected boolean releaseSub(long timeout, TimeUnit timeUnit) {
        write(layout.getFooter());
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
