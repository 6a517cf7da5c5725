// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dumps: copies that consume nothing. */
class SnapshotTest {
    @ParameterizedTest
    @EnumSource
    void holdsWhatIsNotConsumedAndTheCommittedBeginningOfTheCurrentSubBuffer(Variant variant) {
        try (Rig rig = variant.open(16, 4, 2)) {
            assertThat(rig.snapshot()).isEmpty();
            rig.writeAll("0123456789", "abcdefghijklm", "AB", "CD");
            final List<Rig.Content> expected = List.of(content(0, "\0\0" + "0123456789", 4, 1),
                    content(1, "\0\0" + "abcdefghijklm", 1, 1), content(2, "\0\0" + "ABCD", 10, 2));
            assertThat(rig.snapshot()).isEqualTo(expected);
            assertThat(rig.consumer.snapshot().subBuffers().stream().map(Rig::content)).isEqualTo(expected);
            rig.consumer.next();
            rig.consumer.subBuffersConsumed(1);
            assertThat(rig.snapshot()).isEqualTo(expected.subList(1, 3));
            assertThat(rig.stats().delivered().subBuffers()).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isACopyThatOutlivesTheMemory(Variant variant) {
        final Snapshot snapshot;
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef", "abc");
            snapshot = rig.channel.snapshot(0);
            rig.writer.data().fill((byte) 0);
        }
        assertThat(snapshot.subBuffers().stream().map(Rig::content))
                .containsExactly(content(0, "0123456789abcdef", 0, 1), content(1, "abc", 13, 1));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void leavesOutWhatIsNotWhole(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            final long held = rig.reserve("abc");
            rig.writeAll("0123456789abcdef", "ABC");
            final long open = rig.reserve("DEF");
            assertThat(rig.snapshot()).containsExactly(content(1, "0123456789abcdef", 0, 1));
            rig.writer.commit(open, 3);
            rig.writer.commit(held, 3);
            assertThat(rig.snapshot()).containsExactly(content(0, "abc", 13, 1), content(1, "0123456789abcdef", 0, 1),
                    content(2, "ABCDEF", 10, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void startsWithTheOldestThatIsNotOverwritten(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            for (int i = 0; i < 10; i++) {
                rig.writeAll("0123456789abcde" + i);
            }
            rig.writeAll("tail");
            assertThat(rig.snapshot()).containsExactly(content(7, "0123456789abcde7", 0, 1),
                    content(8, "0123456789abcde8", 0, 1), content(9, "0123456789abcde9", 0, 1),
                    content(10, "tail", 12, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsTheEndAfterCloseWhileTheMemoryLives(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            rig.finish();
            assertThat(rig.snapshot()).containsExactly(content(0, "abc", 13, 1));
        }
    }
}
