// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.logback;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import dev.jrelay.Channel;
import dev.jrelay.klog.LogChannel;
import dev.jrelay.klog.LogOptions;
import dev.jrelay.klog.LogOptions.Option;
import java.io.IOException;

/**
 * Logs into a relay channel, which a thread of it drains to a file, or another process. The thread that logs makes the
 * event's text with the encoder, and writes it into a buffer of its own while there are any; it never waits. So
 * everything that a pattern can say is there: location, context, markers, exceptions.
 *
 * <p>What is lost is counted by cause, in the counters of {@link #channel()} and in Logback's status: a warning each
 * second while there is something new, and the sum when the appender is stopped. A wrong option is an error in the
 * status, and the appender drops what it gets, as Logback's own do.
 *
 * <pre>
 * &lt;appender name="RELAY" class="dev.jrelay.adapters.logback.RelayAppender"&gt;
 *     &lt;file&gt;logs/app.log&lt;/file&gt;
 *     &lt;encoder&gt;&lt;pattern&gt;%d %-5level %logger - %msg%n&lt;/pattern&gt;&lt;/encoder&gt;
 * &lt;/appender&gt;
 * </pre>
 */
public final class RelayAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final LogOptions options = new LogOptions();
    private Encoder<ILoggingEvent> encoder;
    private volatile LogChannel log;

    /** An appender as Logback makes it: the rest is set, then it is started. */
    public RelayAppender() {
        super();
    }

    @Override
    public void start() {
        if (encoder == null) {
            addError("no encoder: one must be given for the appender named \"" + name + "\"");
            return;
        }
        try {
            log = LogChannel.open(options.set(Option.NAME, name), new LogChannel.Status() {
                @Override
                public void info(String text) {
                    addInfo(text);
                }

                @Override
                public void warn(String text) {
                    addWarn(text);
                }
            });
        } catch (IOException | IllegalArgumentException wrong) {
            addError("appender \"" + name + "\" cannot be started: " + wrong.getMessage(), wrong);
            return;
        }
        write(encoder.headerBytes());
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        final byte[] text;
        try {
            text = encoder.encode(event);
        } catch (Throwable thrown) { // by what is logged: it is lost and counted, and the application runs on
            log.failed();
            return;
        }
        write(text);
    }

    private void write(byte[] text) {
        if (text != null && text.length > 0) {
            log.write(text);
        }
    }

    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        write(encoder.footerBytes());
        try {
            log.close();
        } catch (IOException failed) {
            addError("appender \"" + name + "\" was stopped, but not all of it closed", failed);
        }
    }

    /** Has what was logged before in the file, or before the eyes of other processes, when it returns. */
    public void flush() {
        if (isStarted()) {
            log.flush();
        }
    }

    /**
     * The channel, to watch its counters; they can be read after the appender was stopped, too.
     *
     * @return the channel; null before the start, and while no collector has been there
     */
    public Channel channel() {
        return log == null ? null : log.channel();
    }

    /**
     * Events that were lost before they reached the channel, as something threw when they were formatted.
     *
     * @return events since the start
     */
    public long failedEvents() {
        return log == null ? 0L : log.failedEvents();
    }

    /**
     * Events that were cut, as they were longer than {@code maxEvent} or a sub-buffer allows.
     *
     * @return events since the start
     */
    public long cutEvents() {
        return log == null ? 0L : log.cutEvents();
    }

    /**
     * What makes the text of an event.
     *
     * @param newEncoder the encoder; must be set
     */
    public void setEncoder(Encoder<ILoggingEvent> newEncoder) {
        encoder = newEncoder;
    }

    /**
     * The file that events are written to.
     *
     * @param value a path; with variables as elsewhere
     */
    public void setFile(String value) {
        options.set(Option.FILE, value);
    }

    /**
     * Whether the file is continued if it exists.
     *
     * @param value true (default) or false
     */
    public void setAppend(String value) {
        options.set(Option.APPEND, value);
    }

    /**
     * Where the channel's files are, for other processes.
     *
     * @param value a path
     */
    public void setDirectory(String value) {
        options.set(Option.DIRECTORY, value);
    }

    /**
     * Whether {@code relay collect} opens and drains the channel.
     *
     * @param value true or false (default)
     */
    public void setCollect(String value) {
        options.set(Option.COLLECT, value);
    }

    /**
     * Size of a sub-buffer.
     *
     * @param value bytes, or with k or M; default 256k
     */
    public void setSubBufferSize(String value) {
        options.set(Option.SUB_BUFFER_SIZE, value);
    }

    /**
     * Sub-buffers of each buffer.
     *
     * @param value a power of two; default 8
     */
    public void setSubBufferCount(String value) {
        options.set(Option.SUB_BUFFER_COUNT, value);
    }

    /**
     * What happens when a buffer is full.
     *
     * @param value no-overwrite (default) or, without a file, overwrite
     */
    public void setMode(String value) {
        options.set(Option.MODE, value);
    }

    /**
     * Buffers that threads share.
     *
     * @param value a number; default one for each CPU, at most 4
     */
    public void setBuffers(String value) {
        options.set(Option.BUFFERS, value);
    }

    /**
     * Buffers for one thread each.
     *
     * @param value a number; default 4
     */
    public void setExclusiveBuffers(String value) {
        options.set(Option.EXCLUSIVE_BUFFERS, value);
    }

    /**
     * How long an event may take at most.
     *
     * @param value a time such as 200ms (default) or 1s
     */
    public void setFlushAfter(String value) {
        options.set(Option.FLUSH_AFTER, value);
    }

    /**
     * The longest event.
     *
     * @param value bytes, or with k or M; default 32k
     */
    public void setMaxEvent(String value) {
        options.set(Option.MAX_EVENT, value);
    }
}
