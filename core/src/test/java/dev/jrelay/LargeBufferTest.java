// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One buffer of 4 GiB, of the largest sub-buffers: offsets do not fit into an int. Sparse, so it costs nothing. */
class LargeBufferTest {
    private static final int GIB = 1 << 30;

    @TempDir
    private Path directory;

    private final class Sparse implements Storage {
        @Override
        public MemorySegment create(String name, long size, Arena arena) throws IOException {
            try (FileChannel file = FileChannel.open(directory.resolve(name), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return file.map(FileChannel.MapMode.READ_WRITE, 0L, size, arena); // extends the file with a hole
            }
        }

        @Override
        public void remove(String name) throws IOException {
            Files.delete(directory.resolve(name));
        }

        @Override
        public boolean isShared() {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "EXCLUSIVE_NO_OVERWRITE"}) // the others copy: a consumer needs 1 GiB
    void recordsBeyondTheSecondGibibyteAreWrittenDeliveredAndRead(Variant variant) {
        final ChannelConfig config = variant.config(GIB, 4, 16).storage(new Sparse()).preTouch(false).build();
        try (Rig rig = new Rig(variant, config)) {
            assertThat(rig.writer.data().byteSize()).isEqualTo(4L * GIB);
            for (int i = 0; i < 3; i++) {
                final long position = rig.writer.reserve(rig.channel.geometry().maxLength());
                assertThat(rig.writer.dataOffset(position)).isEqualTo((long) i * GIB + 16L);
                rig.writer.commit(position, rig.channel.geometry().maxLength());
            }
            final long most = rig.writer.reserve(GIB - 16 - 8);
            rig.writer.commit(most, GIB - 16 - 8);
            final long last = rig.reserve("at the end".substring(0, 7));
            assertThat(rig.writer.dataOffset(last)).isEqualTo(4L * GIB - 8L);
            rig.writer.commit(last, 7);
            assertThat(rig.writer.data().get(ValueLayout.JAVA_BYTE, 4L * GIB - 8L))
                    .isEqualTo((byte) 'a');
            rig.flush();
            for (int i = 0; i < 3; i++) {
                assertThat(rig.consumer.next().length()).isEqualTo(GIB);
                rig.consumer.subBuffersConsumed(1);
            }
            final SubBuffer next = rig.consumer.next();
            assertThat(next.length()).isEqualTo(GIB - 1);
            assertThat(Rig.string(next.segment().asSlice(GIB - 8L, 7L).toArray(ValueLayout.JAVA_BYTE)))
                    .isEqualTo("at the ");
            assertThat(rig.stats().attempted().bytes()).isEqualTo(4L * (GIB - 16L) - 1L);
        }
    }
}
