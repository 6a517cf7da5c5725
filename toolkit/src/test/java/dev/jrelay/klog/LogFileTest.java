// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.RecordWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    private Path directory;

    private Channel channel;
    private RecordWriter shared;
    private ExclusiveWriter exclusive;
    private long now = 100L;
    private LogFile log;

    @BeforeEach
    void open() throws IOException {
        channel = Channel.open(ChannelConfig.builder("log").subBufferSize(1024).subBufferCount(4)
                .bufferCount(2).exclusiveBuffers(1).build());
        shared = channel.writer();
        exclusive = channel.tryExclusiveWriter();
        log = LogFile.open(directory.resolve("log"), false, channel, () -> now);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        exclusive.close();
        channel.close();
    }

    private String written() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private static void write(RecordWriter writer, long time) {
        final byte[] text = (time + "\n").getBytes(UTF_8);
        assertThat(KlogRecord.write(writer, KlogRecord.TEXT, time, text, 0, text.length)).isGreaterThanOrEqualTo(0L);
    }

    @Test
    void youngerRecordsWaitForThoseInAHeldSubBuffer() throws IOException {
        write(shared, 1L);
        final long unfinished = shared.reserve(KlogRecord.MIN_SIZE);
        channel.flush(); // closes the sub-buffer, and nobody can read it before the reservation is finished
        write(exclusive, 2L);
        assertThat(log.cycle(false)).isFalse();
        assertThat(written()).isEmpty();

        shared.abort(unfinished, KlogRecord.MIN_SIZE);
        write(exclusive, 101L);
        assertThat(log.cycle(false)).isTrue();
        assertThat(written()).isEqualTo("1\n2\n");
        assertThat(log.cycle(true)).isTrue();
        assertThat(written()).isEqualTo("1\n2\n101\n");
    }

    @Test
    void theyDoNotWaitForEver() throws IOException {
        write(shared, 1L);
        final long unfinished = shared.reserve(KlogRecord.MIN_SIZE);
        channel.flush();
        write(exclusive, 2L);
        assertThat(log.cycle(true)).isFalse();
        now += LogFile.PATIENCE - 1L;
        assertThat(log.cycle(true)).isFalse();
        assertThat(written()).isEmpty();
        now++;
        assertThat(log.cycle(true)).isTrue();
        assertThat(written()).isEqualTo("2\n");

        shared.abort(unfinished, KlogRecord.MIN_SIZE);
        assertThat(log.cycle(true)).isTrue();
        assertThat(written()).isEqualTo("2\n1\n");

        write(shared, 3L); // and the next one is waited for again
        final long next = shared.reserve(KlogRecord.MIN_SIZE);
        channel.flush();
        write(exclusive, 4L);
        assertThat(log.cycle(true)).isFalse();
        shared.abort(next, KlogRecord.MIN_SIZE);
        assertThat(log.cycle(true)).isTrue();
        assertThat(written()).isEqualTo("2\n1\n3\n4\n");
    }

    /** A source that is read to its end within a cycle may turn out to be held there. */
    @Test
    void whatIsHeldBehindReadRecordsIsWaitedForToo() throws IOException {
        write(shared, 1L);
        channel.flush();
        write(shared, 3L);
        final long unfinished = shared.reserve(KlogRecord.MIN_SIZE);
        channel.flush();
        write(exclusive, 2L);
        write(exclusive, 4L);
        assertThat(log.cycle(true)).isFalse();
        assertThat(written()).isEqualTo("1\n");
        shared.abort(unfinished, KlogRecord.MIN_SIZE);
        assertThat(log.cycle(true)).isTrue();
        assertThat(written()).isEqualTo("1\n2\n3\n4\n");
    }
}
