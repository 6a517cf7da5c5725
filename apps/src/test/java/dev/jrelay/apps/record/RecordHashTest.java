// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordHashTest {
    private static final RecordHash.Key KEY = new RecordHash.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    /** Message 00 01 02 …: its first 8 bytes are the position. From {@code openssl mac -macopt size:16 … SIPHASH}. */
    @ParameterizedTest
    @CsvSource({"8,3B62A9BA6258F5610F83E264F31497B4", "9,264499060AD9BAABC47F8B02BB6D71ED",
        "15,5493E99933B0A8117E08EC0F97CFC3D9", "16,6EE2A4CA67B054BBFD3315BF85230577",
        "23,C9D184DDD5A9F5E0CF8CE29A9ABF691C", "71,B83A4616A6B6848D0CE41B582F4E3270"})
    void isSipHash(int length, String expected) {
        final byte[] message = new byte[length + 5];
        for (int i = 0; i < length; i++) {
            message[5 + i] = (byte) i;
        }
        final RecordHash hash = new RecordHash(KEY);
        hash.add(0x0706050403020100L, message, 13, length - 8);
        final byte[] result = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(hash.low())
                .putLong(hash.high()).array();
        assertThat(HexFormat.of().withUpperCase().formatHex(result)).isEqualTo(expected);
    }

    @Test
    void addsUpInAnyOrderWithCarry() {
        final byte[] bytes = "the quick brown fox".getBytes();
        final RecordHash forward = new RecordHash(KEY);
        final RecordHash backward = new RecordHash(KEY);
        java.math.BigInteger sum = java.math.BigInteger.ZERO;
        for (int i = 0; i < 100; i++) {
            forward.add(i, bytes, 0, bytes.length);
            backward.add(99 - i, bytes, 0, bytes.length);
            final RecordHash one = new RecordHash(KEY);
            one.add(i, bytes, 0, bytes.length);
            sum = sum.add(number(one));
        }
        assertThat(number(forward)).isEqualTo(number(backward))
                .isEqualTo(sum.mod(java.math.BigInteger.ONE.shiftLeft(128)));
    }

    private static java.math.BigInteger number(RecordHash hash) {
        return new java.math.BigInteger(1, ByteBuffer.allocate(16).putLong(hash.high()).putLong(hash.low()).array());
    }
}
