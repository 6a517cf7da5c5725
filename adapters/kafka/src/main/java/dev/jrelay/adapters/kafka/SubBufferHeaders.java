// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * What a record says about its sub-buffer: Kafka headers with text as their values, so that any tool shows them.
 *
 * <pre>
 * relay.version    1
 * relay.host       name of the host
 * relay.channel    /dev/shm/demo/cpu
 * relay.start      which of all channels of that name, see ChannelId
 * relay.geometry   262144 8 0 NO_OVERWRITE 2     sub-buffer size, count, header bytes, mode, buffers of the channel
 * relay.buffer     0
 * relay.sequence   41
 * relay.kind       whole; partial: the beginning of one whose writers died; end: nothing follows, no bytes
 * relay.records    1303
 * relay.losses     FULL=3/120 overwritten=2/2606/520000     so far: records/bytes, or sub-buffers/records/bytes
 * relay.times      1795731841000000000 1795731841200000000  of the first and last record, ns since 1970, if known
 * </pre>
 *
 * @param stream the buffer
 * @param geometry the channel's sizes
 * @param buffers its buffers
 * @param sequence the sub-buffer's sequence; of an end the number of sub-buffers that were closed
 * @param kind what it is
 * @param records its records
 * @param losses what the buffer has lost so far: {@link BufferStats#losses}, {@code overwritten}, {@code skipped},
 *     {@code aborted}
 * @param firstTime time of its first record, ns since 1970; -1 if it is not known
 * @param lastTime time of its last record, ns since 1970; -1 if it is not known
 */
record SubBufferHeaders(StreamId stream, Geometry geometry, int buffers, long sequence, Kind kind, int records,
        BufferStats losses, long firstTime, long lastTime) {
    private static final String VERSION = "1";
    private static final String PREFIX = "relay.";

    /** What a record is. */
    enum Kind {
        WHOLE, PARTIAL, END;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Headers encode() {
        final RecordHeaders headers = new RecordHeaders();
        put(headers, "version", VERSION);
        put(headers, "host", stream.host());
        put(headers, "channel", stream.channel());
        put(headers, "start", stream.start());
        put(headers, "geometry", geometry.subBufferSize() + " " + geometry.subBufferCount() + " "
                + geometry.headerBytes() + " " + geometry.mode() + " " + buffers);
        put(headers, "buffer", Integer.toString(stream.buffer()));
        put(headers, "sequence", Long.toString(sequence));
        put(headers, "kind", kind.text());
        put(headers, "records", Integer.toString(records));
        put(headers, "losses", text(losses));
        if (firstTime >= 0L) {
            put(headers, "times", firstTime + " " + lastTime);
        }
        return headers;
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(PREFIX + name, value.getBytes(UTF_8));
    }

    private static String text(BufferStats stats) {
        final StringJoiner text = new StringJoiner(" ");
        stats.losses().forEach((cause, lost) -> {
            if (lost.records() > 0L) {
                text.add(cause + "=" + lost.records() + "/" + lost.bytes());
            }
        });
        add(text, "overwritten", stats.overwritten());
        add(text, "skipped", stats.skipped());
        add(text, "aborted", stats.aborted());
        return text.toString();
    }

    private static void add(StringJoiner text, String name, Tally tally) {
        if (!tally.equals(Tally.ZERO)) {
            text.add(name + "=" + tally.subBuffers() + "/" + tally.records() + "/" + tally.bytes());
        }
    }

    /**
     * What a record says, which is not trusted.
     *
     * @throws IllegalArgumentException if it is not of this form
     */
    static SubBufferHeaders decode(Headers headers) {
        final String version = get(headers, "version");
        if (!version.equals(VERSION)) {
            throw new IllegalArgumentException("format version '" + version + "': must be " + VERSION);
        }
        final String[] sizes = words(headers, "geometry", 5);
        final String[] times = headers.lastHeader(PREFIX + "times") == null ? new String[] {"-1", "-1"}
                : words(headers, "times", 2);
        final int buffer = Integer.parseInt(get(headers, "buffer"));
        final int buffers = Integer.parseInt(sizes[4]);
        final long sequence = Long.parseLong(get(headers, "sequence"));
        final int records = Integer.parseInt(get(headers, "records"));
        if (buffer < 0 || buffer >= buffers || sequence < 0L || records < 0) {
            throw new IllegalArgumentException("buffer " + buffer + " of " + buffers + ", sequence " + sequence + ", "
                    + records + " records: must be 0 or more, and the buffer one of the channel's");
        }
        return new SubBufferHeaders(
                new StreamId(get(headers, "host"), get(headers, "channel"), get(headers, "start"), buffer),
                new Geometry(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), Integer.parseInt(sizes[2]),
                        Mode.valueOf(sizes[3])), buffers, sequence,
                Kind.valueOf(get(headers, "kind").toUpperCase(Locale.ROOT)), records,
                losses(get(headers, "losses"), sequence), Long.parseLong(times[0]), Long.parseLong(times[1]));
    }

    private static String get(Headers headers, String name) {
        final Header header = headers.lastHeader(PREFIX + name);
        if (header == null || header.value() == null) {
            throw new IllegalArgumentException("no header " + PREFIX + name);
        }
        return new String(header.value(), UTF_8);
    }

    private static String[] words(Headers headers, String name, int count) {
        final String[] words = get(headers, name).split(" ");
        if (words.length != count) {
            throw new IllegalArgumentException(PREFIX + name + " '" + String.join(" ", words) + "': must be " + count
                    + " words");
        }
        return words;
    }

    private static BufferStats losses(String text, long produced) {
        final Map<Loss, Tally> losses = new EnumMap<>(Loss.class);
        Tally overwritten = Tally.ZERO;
        Tally skipped = Tally.ZERO;
        Tally aborted = Tally.ZERO;
        for (final String entry : text.isEmpty() ? new String[0] : text.split(" ")) {
            final String[] parts = entry.split("[=/]");
            switch (parts[0]) {
                case "overwritten" -> overwritten = tally(parts);
                case "skipped" -> skipped = tally(parts);
                case "aborted" -> aborted = tally(parts);
                default -> losses.put(Loss.valueOf(parts[0]), tally(parts));
            }
        }
        return new BufferStats(produced, produced, 0L, Tally.ZERO, Tally.ZERO, 0L, overwritten, skipped, aborted,
                losses);
    }

    private static Tally tally(String... parts) {
        if (parts.length < 3) {
            throw new IllegalArgumentException(String.join(" ", parts) + ": must be name=records/bytes");
        }
        return new Tally(parts.length == 3 ? 0L : Long.parseLong(parts[1]), Long.parseLong(parts[parts.length - 2]),
                Long.parseLong(parts[parts.length - 1]));
    }
}
