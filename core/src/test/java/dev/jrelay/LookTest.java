// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link MappedChannel#look}: statistics and snapshots where nothing can or may be written. */
class LookTest {
    @TempDir
    private Path directory;

    private Channel open(Variant variant, Callbacks callbacks) throws IOException {
        return Channel.open(ChannelConfig.builder("seen").mode(variant.mode).bufferCount(2)
                .exclusiveBuffers(variant.exclusive ? 2 : 0).subBufferSize(24).subBufferCount(4).headerBytes(2)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).callbacks(callbacks).build());
    }

    private static void look(Path at, Variant variant) throws IOException {
        try (MappedChannel seen = MappedChannel.look(at, "seen")) {
            assertThat(seen.geometry()).isEqualTo(new Geometry(24, 4, 2, variant.mode));
            assertThat(seen.bufferCount()).isEqualTo(2);
            assertThat(seen.exclusiveBuffers()).isEqualTo(variant.exclusive ? 2 : 0);
            assertThat(seen.snapshot(1).subBuffers()).extracting(Rig::text)
                    .containsExactly("\0\0" + "0123456789", "\0\0" + "abcdefghijklmABC");
            assertThat(seen.statsSinceOpen(1).pending()).isEqualTo(new Tally(1L, 3L, 26L));
            assertThat(seen.statsSinceOpen(0).attempted()).isEqualTo(Tally.ZERO);
            assertThat(seen.isWriterAlive()).isTrue();
            assertThat(seen.heartbeatAgeMillis()).isBetween(-1L, 600_000L);
            assertThatThrownBy(() -> seen.consumer(1)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("seen").hasMessageContaining("look only");
        }
    }

    private static void write(Channel channel, Variant variant) {
        final RecordWriter writer = variant.writer(channel, 1);
        for (final String record : List.of("0123456789", "abcdefghijklm", "ABC")) {
            assertThat(writer.write(Rig.bytes(record), 0, record.length())).isNotNegative();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aLookWritesNothingAndTellsNobody(Variant variant) throws IOException {
        final List<String> calls = new ArrayList<>();
        final Callbacks callbacks = new Callbacks() {
            @Override
            public void bufMapped(RelayBuffer buffer, long pid) {
                calls.add("mapped");
            }
        };
        try (Channel channel = open(variant, callbacks)) {
            write(channel, variant);
            final List<byte[]> before = contents();
            look(directory, variant);
            assertThat(contents()).usingRecursiveComparison().isEqualTo(before);
            try (MappedChannel seen = MappedChannel.look(directory, "seen")) {
                channel.tick();
                assertThat(seen.bufferCount()).isEqualTo(2);
            }
            assertThat(calls).isEmpty();
        }
    }

    private List<byte[]> contents() throws IOException {
        final List<byte[]> contents = new ArrayList<>();
        for (final String name : List.of(".seen.control", "seen0", "seen1")) {
            contents.add(Files.readAllBytes(directory.resolve(name)));
        }
        return contents;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void filesThatMayOnlyBeReadAreEnough(Variant variant) throws IOException {
        try (Channel channel = open(variant, Callbacks.NONE)) {
            write(channel, variant);
            for (final String name : List.of(".seen.control", "seen0", "seen1")) {
                Files.setPosixFilePermissions(directory.resolve(name), PosixFilePermissions.fromString("r--------"));
            }
            look(directory, variant);
        }
    }

    @Test
    void aReadOnlyMountIsEnough() throws IOException {
        final Path mountPoint = Files.createDirectory(directory.resolve("mount"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "no mount command");
        assumeTrue(mount("--bind", directory.toString(), mountPoint.toString()), "cannot mount here: needs root");
        try {
            assertThat(mount("-o", "remount,ro,bind", mountPoint.toString())).isTrue();
            try (Channel channel = open(Variant.SHARED_NO_OVERWRITE, Callbacks.NONE)) {
                write(channel, Variant.SHARED_NO_OVERWRITE);
                assertThatThrownBy(() -> MappedChannel.open(mountPoint, "seen").close())
                        .as("to consume is to write").isInstanceOf(IOException.class);
                look(mountPoint, Variant.SHARED_NO_OVERWRITE);
            }
        } finally {
            assertThat(Child.run(List.of("/bin/umount", mountPoint.toString())).status()).isZero();
        }
    }

    private static boolean mount(String... arguments) {
        final List<String> command = new ArrayList<>(List.of("/bin/mount"));
        command.addAll(List.of(arguments));
        return Child.run(command).status() == 0;
    }

    @Test
    void whatIsNotThereOrClosedSaysSo() throws IOException {
        assertThatThrownBy(() -> MappedChannel.look(directory, "seen")).isInstanceOf(NoSuchFileException.class);
        try (Channel channel = open(Variant.SHARED_NO_OVERWRITE, Callbacks.NONE)) {
            final MappedChannel seen = MappedChannel.look(directory, "seen");
            seen.close();
            seen.close();
            assertThatThrownBy(() -> seen.snapshot(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("seen").hasMessageContaining("closed here");
            assertThatThrownBy(() -> seen.statsSinceOpen(0)).isInstanceOf(IllegalStateException.class);
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
    }
}
