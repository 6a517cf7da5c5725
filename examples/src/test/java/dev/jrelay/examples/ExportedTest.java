// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportedTest {
    @TempDir
    Path directory;

    private static ChannelConfig config(Exported storage) {
        return ChannelConfig.builder("cpu").subBufferSize(64).subBufferCount(2).bufferCount(2).storage(storage).build();
    }

    @Test
    void buffersLieInTheClientsFile() throws Exception {
        final Path file = directory.resolve("exported");
        final Exported storage = new Exported(file);
        try (Channel channel = Channel.open(config(storage)); Consumer consumer = channel.consumer(1)) {
            assertThat(storage.regions()).containsOnlyKeys("cpu0", "cpu1", ".cpu.control")
                    .containsEntry("cpu0", new Exported.Region(0L, 128L))
                    .containsEntry("cpu1", new Exported.Region(4096L, 128L));
            channel.writer(1).write("exported".getBytes(US_ASCII), 0, 8);
            channel.flush();
            assertThat(US_ASCII.decode(consumer.next().bytes()).toString()).isEqualTo("exported");
            final byte[] bytes = Files.readAllBytes(file);
            assertThat(new String(Arrays.copyOfRange(bytes, 4096, 4104), US_ASCII)).isEqualTo("exported");
        }
        assertThat(file).doesNotExist();
        assertThat(storage.regions()).isEmpty();
    }

    /** A second channel cannot take a file that is there, and leaves it alone. */
    @Test
    void doesNotTakeAFileThatExists() throws Exception {
        final Path file = Files.writeString(directory.resolve("exported"), "precious");
        assertThatThrownBy(() -> Channel.open(config(new Exported(file)))).isInstanceOf(IOException.class);
        assertThat(file).hasContent("precious");
    }
}
