// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApartTest {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @TempDir
    private Path directory;

    /** A disk that has created a file, and does not come to the end of writing it. */
    private final class SlowDisk implements Storage {
        @Override
        public MemorySegment create(String name, long size, Arena arena) throws IOException {
            Files.createFile(directory.resolve(name));
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException impossible) {
                throw new IOException(impossible);
            }
            throw new IOException("the test is over");
        }

        @Override
        public void remove(String name) {
            // by then it is
        }
    }

    @AfterEach
    void end() {
        end.countDown();
    }

    private Channel open(Storage storage, long atLeast) throws IOException, InterruptedException {
        return Apart.open(ChannelConfig.builder("cpu").bufferCount(1).storage(storage).build(), directory, "cpu",
                () -> begun.getCount() < atLeast);
    }

    @Test
    void whoIsStoppedDoesNotWaitForTheDiskAndLeavesNothing() {
        assertThatIOException().isThrownBy(() -> open(new SlowDisk(), 1L))
                .withMessageEndingWith("stopped before the channel's files were written");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void somebodyElsesFilesStay() throws Exception {
        Files.writeString(directory.resolve("cpu0"), "somebody else's");
        begun.countDown(); // told to stop before it begins
        assertThatThrownBy(() -> open(Storage.files(directory), 1L)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory.resolve("cpu0")).hasContent("somebody else's");
    }

    @Test
    void aChannelThatIsThereInTimeIsOpen() throws Exception {
        try (Channel channel = open(Storage.files(directory), 0L)) {
            assertThat(channel.bufferCount()).isOne();
        }
    }
}
