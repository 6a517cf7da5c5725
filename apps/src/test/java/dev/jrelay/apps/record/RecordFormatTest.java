// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
    @Test
    void linesEndBehindTheNewline() {
        final RecordFormat lines = new RecordFormat.Lines();
        final Random random = new Random(7);
        for (int run = 0; run < 20_000; run++) {
            final byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) { // neighbours of \n by value and by borrow, and itself
                bytes[i] = new byte[] {9, 10, 11, 0, -1, -118, (byte) 0x8a, 'x', 'y', 'z'}[random.nextInt(10)];
            }
            final int from = random.nextInt(bytes.length + 1);
            final String text = new String(bytes, StandardCharsets.ISO_8859_1);
            final int newline = text.indexOf('\n', from);
            assertThat(lines.end(bytes, from, bytes.length)).isEqualTo(newline < 0 ? -1 : newline + 1);
            assertThat(lines.lastEnd(bytes, from, bytes.length)).isEqualTo(Math.max(from, text.lastIndexOf('\n') + 1));
        }
    }

    @Test
    void prefixedRecordsKeepTheirPrefix() {
        final RecordFormat prefixed = new RecordFormat.Prefixed();
        final byte[] bytes = {9, 2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0, 1, 0, 0};
        assertThat(prefixed.end(bytes, 1, bytes.length)).isEqualTo(7);
        assertThat(prefixed.end(bytes, 7, bytes.length)).isEqualTo(11);
        assertThat(prefixed.end(bytes, 11, bytes.length)).isEqualTo(-1);
        assertThat(prefixed.end(bytes, 1, 6)).isEqualTo(-1);
        assertThat(prefixed.lastEnd(bytes, 1, bytes.length)).isEqualTo(11);
        assertThat(prefixed.length(new byte[] {-1, -1, -1, -1}, 0, 4)).isEqualTo(4L + 0xffff_ffffL);
        assertThat(prefixed.end(new byte[] {-1, -1, -1, -1}, 0, 4)).isEqualTo(-1);
        assertThat(prefixed.end(new byte[] {-4, -1, -1, 127}, 0, 4)).isEqualTo(-1);
    }

    @Test
    void blocksHaveOneSize() {
        final RecordFormat blocks = new RecordFormat.Blocks(5);
        assertThat(blocks.end(new byte[12], 1, 12)).isEqualTo(6);
        assertThat(blocks.end(new byte[12], 8, 12)).isEqualTo(-1);
        assertThat(blocks.lastEnd(new byte[12], 1, 12)).isEqualTo(11);
        assertThat(blocks.lastEnd(new byte[12], 9, 12)).isEqualTo(9);
    }
}
