// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Channel#reset()} where something stays, and what is pending while reservations are open. */
class ResetTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "EXCLUSIVE.*")
    void theOpenSubBufferOfAnExclusiveBufferStaysAndIsSaidTo(Variant variant) {
        try (Rig rig = variant.open(16, 4, 2)) {
            rig.writeAll("0123456789abcd", "old");
            assertThat(rig.channel.reset()).as("its owner has it").isFalse();
            assertThat(rig.stats().pending()).isEqualTo(new Tally(0L, 1L, 3L));
            assertThat(rig.drain()).isEmpty();
            rig.writeAll("new");
            assertThat(rig.drain()).as("closed at the owner's next call").containsExactly(
                    content(1, "\0\0old", 11, 1));
            rig.flush();
            assertThat(rig.channel.reset()).isTrue();
            assertThat(rig.drain()).isEmpty();
            assertThat(rig.stats().pending()).isEqualTo(Tally.ZERO);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReservationStaysAndIsSaidTo(Variant variant) {
        try (Rig rig = variant.open(16, 4, 2)) {
            rig.writeAll("0123456789abcd");
            final long held = rig.reserve("abc");
            assertThat(rig.channel.reset()).isFalse();
            assertThat(rig.stats().backlog()).isBetween(0L, 1L);
            assertThat(rig.drain()).isEmpty();
            rig.writer.commit(held, 3);
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "\0\0abc", 11, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBacklogIsNeverNegative(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            for (int i = 0; i < 200; i++) {
                rig.write("x".repeat(1 + i * 7 % 16));
                if (i % 5 == 0) {
                    rig.channel.reset();
                }
                assertThat(rig.stats().backlog()).isBetween(0L, 4L);
                assertThat(rig.stats().pending().records()).isNotNegative();
                assertThat(rig.stats().pending().bytes()).isNotNegative();
                if (i % 3 == 0) {
                    rig.drain();
                }
                assertThat(rig.stats().backlog()).isBetween(0L, 4L);
            }
        }
    }

    /** Whether the reservation opens the sub-buffer or comes behind a record; with a header or without. */
    @ParameterizedTest
    @EnumSource
    void pendingBytesAreThoseOfCommittedRecordsWhileAReservationIsOpen(Variant variant) {
        for (final int header : new int[] {0, 3}) {
            try (Rig rig = variant.open(24, 2, header)) {
                final long opener = rig.reserve("abcd");
                assertThat(rig.stats().pending()).isEqualTo(Tally.ZERO);
                if (!variant.exclusive) {
                    rig.writeAll("ef");
                    assertThat(rig.stats().pending()).isEqualTo(new Tally(0L, 1L, 2L));
                    rig.flush();
                    assertThat(rig.stats().pending()).as("padding is none").isEqualTo(new Tally(1L, 1L, 2L));
                }
                rig.writer.commit(opener, 4);
                rig.flush();
                final long committed = variant.exclusive ? 4L : 6L;
                assertThat(rig.stats().pending()).isEqualTo(new Tally(1L, variant.exclusive ? 1L : 2L, committed));
                rig.drain();

                rig.writeAll("ghi");
                final long appender = rig.reserve("jklmn");
                assertThat(rig.stats().pending()).isEqualTo(new Tally(0L, 1L, 3L));
                rig.flush();
                assertThat(rig.stats().pending().bytes()).isEqualTo(3L);
                rig.writer.abort(appender, 5);
                assertThat(rig.stats().pending().bytes()).isEqualTo(8L);
                assertThat(rig.stats().pending().records()).isEqualTo(1L);
                rig.flush();
                assertThat(rig.stats().pending()).isEqualTo(new Tally(1L, 1L, 8L));
            }
        }
    }
}
