// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Buffers of more than 4 GiB: offsets do not fit into an int. Sparse files, so they cost nothing. */
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

    private Rig open(Variant variant, int count) {
        return new Rig(variant, variant.config(GIB, count, 16).storage(new Sparse()).preTouch(false).build());
    }

    /** Reserves and commits {@code count} whole sub-buffers, which touches none of their memory. */
    private static void fill(Rig rig, int count) {
        final int length = rig.channel.geometry().maxLength();
        for (int i = 0; i < count; i++) {
            final long position = rig.writer.reserve(length);
            assertThat(rig.writer.dataOffset(position)).isEqualTo((long) i * GIB + 16L);
            rig.writer.commit(position, length);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "EXCLUSIVE_NO_OVERWRITE"}) // the others copy: a consumer needs 1 GiB
    void recordsBeyondTheSecondGibibyteAreWrittenDeliveredAndRead(Variant variant) {
        try (Rig rig = open(variant, 4)) {
            assertThat(rig.writer.data().byteSize()).isEqualTo(4L * GIB);
            fill(rig, 3);
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

    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "EXCLUSIVE_NO_OVERWRITE"})
    void eachFormOfWriteReadAndLookReachesBeyondTheFourthGibibyte(Variant variant) throws IOException {
        final String header = "\0".repeat(16);
        final String content = header + "array,segment,heap,direct,reserved,\0\0\0";
        try (Rig rig = open(variant, 8)) {
            fill(rig, 5);
            final long[] positions = {
                rig.writer.write(Rig.bytes("-array,-"), 1, 6),
                rig.writer.write(MemorySegment.ofArray(Rig.bytes("-segment,-")), 1L, 8),
                rig.writer.write(ByteBuffer.wrap(Rig.bytes("heap,"))),
                rig.writer.write(ByteBuffer.allocateDirect(7).put(0, Rig.bytes("direct,"))),
                rig.reserve("reserved,")};
            rig.writer.commit(positions[4], 9);
            for (int i = 0, at = 16; i < positions.length; at += new int[] {6, 8, 5, 7, 9}[i++]) {
                assertThat(positions[i]).isEqualTo(rig.channel.geometry().position(5L, at));
                assertThat(rig.channel.geometry().dataOffset(positions[i])).isEqualTo(5L * GIB + at);
            }
            rig.writer.abort(rig.reserve("xyz"), 3);
            assertThat(bytes(rig.writer.data(), 5L * GIB, content.length())).isEqualTo(content);
            assertThat(bytes(rig.buffer.subBuffer(5L), 0L, content.length())).isEqualTo(content);
            rig.flush();
            for (int i = 0; i < 5; i++) {
                assertThat(rig.consumer.next().sequence()).isEqualTo(i);
                assertThat(rig.consumer.subBuffersConsumed(1)).isEqualTo(1);
            }
            assertThat(looks()).containsExactly("snapshot 5 " + content, "image 5 " + content);
            assertThat(rig.read(1)).isEqualTo("\0");
            final ByteBuffer some = ByteBuffer.allocate(20);
            assertThat(rig.consumer.stream().read(some)).isEqualTo(20);
            final byte[] rest = new byte[100];
            final int length = (int) rig.consumer.stream().read(MemorySegment.ofArray(rest), 0L, 100L);
            assertThat("\0" + Rig.string(some.array()) + Rig.string(rest).substring(0, length)).isEqualTo(content);
            assertThat(rig.stats().delivered()).isEqualTo(new Tally(6L, 10L, 5L * (GIB - 16L) + 38L));
        }
    }

    private static String bytes(MemorySegment memory, long at, int length) {
        return Rig.string(memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /** What another process sees. */
    private List<String> looks() throws IOException {
        final List<String> seen = new ArrayList<>();
        try (MappedChannel mapped = MappedChannel.look(directory, "test")) {
            mapped.snapshot(0, -1L, new Snapshot.Target() {
                @Override
                public void copy(SubBuffer live) {
                    seen.add("snapshot " + live.sequence() + " " + Rig.text(live));
                }

                @Override
                public void keep(SubBuffer copied, boolean isComplete) {
                    assertThat(isComplete).isTrue();
                }
            });
        }
        try (CrashImage image = CrashImage.open(directory, "test")) {
            image.parts(0).forEach(part -> seen.add("image " + part.sequence() + " "
                    + bytes(part.memory(), 0L, part.length())));
        }
        return seen;
    }

    /** The one storage that writes all of its memory: 2 GiB take a second, where there is room for them. */
    @Test
    void filesAreAllocatedBeyondTheSecondGibibyte() throws IOException {
        final Path place = RelayDirectory.root();
        assumeTrue(Files.getFileStore(place).getUsableSpace() > 8L * GIB, "no room for 2 GiB in " + place);
        final Path files = RelayDirectory.createTemporary("jrelay-large", place);
        try (Channel channel = Channel.open(ChannelConfig.builder("large").bufferCount(1).subBufferSize(GIB)
                .subBufferCount(2).preTouch(false).storage(Storage.files(files)).build())) {
            assertThat(channel.writer(0).data().byteSize()).isEqualTo(2L * GIB);
            assertThat(Files.size(files.resolve("large0"))).isEqualTo(2L * GIB);
        } finally {
            RelayDirectory.remove(files);
        }
    }
}
