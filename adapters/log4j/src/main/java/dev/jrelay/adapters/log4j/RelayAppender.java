// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.log4j;

import dev.jrelay.Channel;
import dev.jrelay.Result;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.LogOptions;
import dev.jrelay.klog.LogOptions.Option;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.AppenderLoggingException;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderFactory;

/**
 * Logs into a relay channel, which a thread of it drains to a file, or another process. The thread that logs makes the
 * event's text with the layout, and writes it into a buffer of its own while there are any; it never waits. So
 * everything that a layout can say is there: location, context, markers, exceptions.
 *
 * <p>What is lost is counted by cause, in the counters of {@link #channel()} and in Log4j's status: an error each
 * second while there is something new, and the sum when the appender is stopped. With {@code ignoreExceptions="false"}
 * who logs gets an exception for each event that is lost, so that a {@code Failover} appender can take it. A wrong
 * option is an error in the status, and Log4j goes on without the appender.
 *
 * <pre>
 * &lt;Relay name="RELAY" file="logs/app.log"&gt;
 *     &lt;PatternLayout pattern="%d %-5level %logger - %msg%n"/&gt;
 * &lt;/Relay&gt;
 * </pre>
 */
@Plugin(name = "Relay", category = Node.CATEGORY, elementType = Appender.ELEMENT_TYPE, printObject = true)
public final class RelayAppender extends AbstractAppender {
    private final RelayManager manager;

    private RelayAppender(String name, Filter filter, Layout<? extends Serializable> layout, boolean ignoreExceptions,
            Property[] properties, RelayManager manager) {
        super(name, filter, layout, ignoreExceptions, properties);
        this.manager = manager;
    }

    /**
     * For Log4j, and for configuration by program.
     *
     * @return a builder
     */
    @PluginBuilderFactory
    public static Builder newBuilder() {
        return new Builder();
    }

    @Override
    public void append(LogEvent event) {
        long result;
        try {
            result = manager.log().write(getLayout().toByteArray(event));
        } catch (Throwable thrown) { // by what is logged: it is lost and counted, and the application runs on
            result = manager.log().failed();
        }
        if (result < 0L && !ignoreExceptions()) {
            throw new AppenderLoggingException("event lost: "
                    + (result == Klog.FAILED ? "something threw while it was formatted" : Result.name(result)));
        }
    }

    @Override
    public boolean stop(long timeout, TimeUnit timeUnit) {
        setStopping();
        final boolean stopped = super.stop(timeout, timeUnit, false) & manager.stop(timeout, timeUnit);
        setStopped();
        return stopped;
    }

    /** Has what was logged before in the file, or before the eyes of other processes, when it returns. */
    public void flush() {
        manager.log().flush();
    }

    /**
     * The channel, to watch its counters; they can be read after the appender was stopped, too.
     *
     * @return the channel; null while no collector has been there
     */
    public Channel channel() {
        return manager.log().channel();
    }

    /**
     * Events that were lost before they reached the channel, as something threw when they were formatted.
     *
     * @return events since the channel was opened
     */
    public long failedEvents() {
        return manager.log().failedEvents();
    }

    /**
     * Events that were cut, as they were longer than {@code maxEvent} or a sub-buffer allows.
     *
     * @return events since the channel was opened
     */
    public long cutEvents() {
        return manager.log().cutEvents();
    }

    /** What the configuration says; the attributes are checked by {@link #build()}. */
    public static final class Builder extends AbstractAppender.Builder<Builder>
            implements org.apache.logging.log4j.core.util.Builder<RelayAppender> {
        @PluginBuilderAttribute
        private String file;

        @PluginBuilderAttribute
        private String append;

        @PluginBuilderAttribute
        private String directory;

        @PluginBuilderAttribute
        private String collect;

        @PluginBuilderAttribute
        private String subBufferSize;

        @PluginBuilderAttribute
        private String subBufferCount;

        @PluginBuilderAttribute
        private String mode;

        @PluginBuilderAttribute
        private String buffers;

        @PluginBuilderAttribute
        private String exclusiveBuffers;

        @PluginBuilderAttribute
        private String flushAfter;

        @PluginBuilderAttribute
        private String maxEvent;

        private Builder() {
            super();
        }

        /**
         * Opens the channel.
         *
         * @return the appender; null, and an error in the status, if an attribute is wrong or a file cannot be created
         */
        @Override
        public RelayAppender build() {
            final LogOptions options = new LogOptions().set(Option.NAME, getName())
                    .set(Option.FILE, file)
                    .set(Option.APPEND, append)
                    .set(Option.DIRECTORY, directory)
                    .set(Option.COLLECT, collect)
                    .set(Option.SUB_BUFFER_SIZE, subBufferSize)
                    .set(Option.SUB_BUFFER_COUNT, subBufferCount)
                    .set(Option.MODE, mode)
                    .set(Option.BUFFERS, buffers)
                    .set(Option.EXCLUSIVE_BUFFERS, exclusiveBuffers)
                    .set(Option.FLUSH_AFTER, flushAfter)
                    .set(Option.MAX_EVENT, maxEvent);
            try {
                final Layout<? extends Serializable> layout = getOrCreateLayout();
                return new RelayAppender(getName(), getFilter(), layout, isIgnoreExceptions(), getPropertyArray(),
                        RelayManager.of(options, layout));
            } catch (UncheckedIOException | IllegalArgumentException wrong) {
                LOGGER.error("Relay appender \"{}\" cannot be built: {}", getName(), wrong.getMessage());
                return null;
            }
        }

        /**
         * The file that events are written to.
         *
         * @param value a path; with variables as elsewhere
         * @return this
         */
        public Builder setFile(String value) {
            file = value;
            return this;
        }

        /**
         * Whether the file is continued if it exists.
         *
         * @param value true (default) or false
         * @return this
         */
        public Builder setAppend(String value) {
            append = value;
            return this;
        }

        /**
         * Where the channel's files are, for other processes.
         *
         * @param value a path
         * @return this
         */
        public Builder setDirectory(String value) {
            directory = value;
            return this;
        }

        /**
         * Whether {@code relay collect} opens and drains the channel.
         *
         * @param value true or false (default)
         * @return this
         */
        public Builder setCollect(String value) {
            collect = value;
            return this;
        }

        /**
         * Size of a sub-buffer.
         *
         * @param value bytes, or with k or M; default 256k
         * @return this
         */
        public Builder setSubBufferSize(String value) {
            subBufferSize = value;
            return this;
        }

        /**
         * Sub-buffers of each buffer.
         *
         * @param value a power of two; default 8
         * @return this
         */
        public Builder setSubBufferCount(String value) {
            subBufferCount = value;
            return this;
        }

        /**
         * What happens when a buffer is full.
         *
         * @param value no-overwrite (default) or, without a file, overwrite
         * @return this
         */
        public Builder setMode(String value) {
            mode = value;
            return this;
        }

        /**
         * Buffers that threads share.
         *
         * @param value a number; default one for each CPU, at most 4
         * @return this
         */
        public Builder setBuffers(String value) {
            buffers = value;
            return this;
        }

        /**
         * Buffers for one thread each.
         *
         * @param value a number; default 4
         * @return this
         */
        public Builder setExclusiveBuffers(String value) {
            exclusiveBuffers = value;
            return this;
        }

        /**
         * How long an event may take at most.
         *
         * @param value a time such as 200ms (default) or 1s
         * @return this
         */
        public Builder setFlushAfter(String value) {
            flushAfter = value;
            return this;
        }

        /**
         * The longest event.
         *
         * @param value bytes, or with k or M; default 32k
         * @return this
         */
        public Builder setMaxEvent(String value) {
            maxEvent = value;
            return this;
        }
    }
}
