// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KleakTest {
    @TempDir
    Path directory;

    private final List<Path> files = new ArrayList<>();

    /** Allocates at sites 0 to 3 on several threads; site 3 forgets every tenth. Others release what these allocate. */
    @Test
    void findsTheLeaks() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(64 << 10).bufferCount(2)
                .build())) {
            final Kleak kleak = new Kleak(channel);
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                final int site = i;
                threads.add(Thread.ofPlatform().start(() -> work(kleak, site)));
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            kleak.released(999L, 9);
            collect(channel);
            assertThat(channel.statsSinceReset().lost().records()).isZero();
        }
        final KleakReport report = KleakReport.of(files);
        assertThat(report.records()).isEqualTo(4L * 2L * 1_000L - 100L + 1L);
        assertThat(report.bySite()).isEqualTo(Map.of(3, new KleakReport.Leak(100L, 100L * 35L)));
        assertThat(report.unknownReleases()).isOne();
    }

    /** Addresses are used again and again, by one thread each. */
    private static void work(Kleak kleak, int site) {
        for (int n = 0; n < 1_000; n++) {
            final boolean leaks = site == 3 && n % 10 == 0;
            final long address = leaks ? 1_000_000L + n : site * 10L + n % 7;
            kleak.allocated(address, 32 + site, site);
            if (!leaks) {
                final Thread other = n % 100 != 1 ? null : Thread.ofPlatform().start(() -> kleak.released(address, 7));
                if (other == null) {
                    kleak.released(address, site);
                } else {
                    join(other);
                }
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void collect(Channel channel) throws IOException {
        channel.flush();
        for (int i = 0; i < channel.bufferCount(); i++) {
            files.add(directory.resolve("cpu" + i));
            try (Consumer consumer = channel.consumer(i);
                    FileChannel file = FileChannel.open(files.get(i), CREATE_NEW, WRITE)) {
                for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                    file.write(s.bytes());
                    consumer.subBuffersConsumed(1);
                }
            }
        }
    }

    @Test
    void refusesFilesOfAnotherFormat() throws Exception {
        final Path file = Files.write(directory.resolve("odd"), new byte[25]);
        assertThatThrownBy(() -> KleakReport.of(List.of(file))).isInstanceOf(IOException.class)
                .hasMessageContaining("25 bytes: must be a multiple of 24");
    }
}
