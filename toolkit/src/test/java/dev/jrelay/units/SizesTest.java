// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0,0", "4096,4096", "256k,262144", "256K,262144", "1M,1048576", "2g,2147483648", "1T,1099511627776",
        "1.5k,1536", "256kB,262144", "8MiB,8388608", "9223372036854775807,9223372036854775807"})
    void reads(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1..5k", "256kX", "256 k",
        "1e", "1e999999999", "1e-999999999", "99999999999999999999", "9999999999999T"})
    void refuses(String text) {
        assertThatThrownBy(() -> Sizes.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'").hasMessageContaining("256k");
    }

    @ParameterizedTest
    @CsvSource({"8,8", "1000,1000", "1024,1k", "262144,256k", "1536,1536", "1073741824,1G"})
    void writesOptions(long bytes, String text) {
        assertThat(Sizes.option(bytes)).isEqualTo(text);
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @Test
    void writesText() {
        assertThat(Sizes.text(1023)).isEqualTo("1023 B");
        assertThat(Sizes.text(256 << 10)).isEqualTo("256 KiB");
        assertThat(Sizes.text(1_400_000_000L)).isEqualTo("1.3 GiB");
        assertThat(Sizes.text(1.5)).isEqualTo("1.5 B");
        assertThat(Sizes.count(8_402_113L)).isEqualTo("8,402,113");
    }
}
