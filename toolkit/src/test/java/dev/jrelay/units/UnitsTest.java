// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times, rates and shares; sizes have a test of their own. */
class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0ns,0", "500us,500000", "200ms,200000000", "1.5s,1500000000", "2m,120000000000", "1h,3600000000000"})
    void readsTimes(String text, long nanos) {
        assertThat(Times.parse(text)).isEqualTo(Duration.ofNanos(nanos));
        assertThat(Times.nanos(text)).isEqualTo((double) nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1 s", "1d", "1e", "1e-999999999s", "9999999h", "1e99h"})
    void refusesTimes(String text) {
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "': must be");
    }

    @Test
    void writesTimes() {
        assertThat(Times.text(999.0)).isEqualTo("999.0 ns");
        assertThat(Times.text(1_500.0)).isEqualTo("1.5 us");
        assertThat(Times.text(3_100_000L)).isEqualTo("3.1 ms");
        assertThat(Times.text(2_400_000_000L)).isEqualTo("2.40 s");
    }

    @Test
    void readsAndWritesRates() {
        assertThat(Rates.perSecond("50k")).isEqualTo(50_000.0);
        assertThat(Rates.perSecond("1.5M/s")).isEqualTo(1.5e6);
        assertThat(Rates.bytesPerSecond("500MB/s")).isEqualTo(5e8);
        assertThat(Rates.bytesPerSecond("1.2G")).isEqualTo(1.2e9);
        assertThat(Rates.text(612_000_000L, 1_000_000_000L)).isEqualTo("612 MB/s");
        assertThat(Rates.events(0.0)).isEqualTo("0");
        assertThat(Rates.events(41.34)).isEqualTo("41.3");
        assertThat(Rates.events(999.7)).isEqualTo("1.0k");
        assertThat(Rates.events(1_204_000.0)).isEqualTo("1.2M");
        assertThat(Rates.bytes(0.0)).isEqualTo("0 B/s");
        assertThat(Rates.bytes(96_340_000.0)).isEqualTo("96.3 MB/s");
        assertThatThrownBy(() -> Rates.perSecond("5B")).hasMessageContaining("'5B': must be a rate per second");
        assertThatThrownBy(() -> Rates.bytesPerSecond("fast"))
                .hasMessageContaining("'fast': must be bytes per second");
    }

    @Test
    void readsAndWritesMoments() {
        final Instant now = Instant.parse("2026-01-31T12:00:00.5Z");
        final long nanos = 1_769_860_800_500_000_000L;
        assertThat(Moments.nanos("2026-01-31T12:00:00.5Z", now)).isEqualTo(nanos);
        assertThat(Moments.nanos("2026-01-31T12:00:00.5", now)).isEqualTo(nanos);
        assertThat(Moments.nanos("500ms", now)).isEqualTo(nanos - 500_000_000L);
        assertThat(Moments.text(nanos)).isEqualTo("2026-01-31T12:00:00.500000000Z");
        assertThat(Moments.text(-1L)).isEqualTo("1969-12-31T23:59:59.999999999Z");
        for (final String wrong : new String[] {"", "now", "2026-01-31", "2026-02-30T00:00:00Z",
            "9999-01-01T00:00:00Z"}) {
            assertThatThrownBy(() -> Moments.nanos(wrong, now)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "': must be a moment");
        }
    }

    @Test
    void readsAndWritesShares() {
        assertThat(Shares.parse("0")).isZero();
        assertThat(Shares.parse("1e-6")).isEqualTo(1e-6);
        assertThat(Shares.parse("0.1%")).isEqualTo(0.001);
        assertThat(Shares.text(0.0)).isEqualTo("0");
        assertThat(Shares.text(0.001)).isEqualTo("0.100 %");
        assertThatThrownBy(() -> Shares.parse("100%"))
                .hasMessageContaining("'100%': must be a share from 0 to below 1");
        assertThatThrownBy(() -> Shares.parse("-1")).hasMessageContaining("'-1': must be a share from 0 to below 1");
    }
}
