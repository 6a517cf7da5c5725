// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations: every wrong value is refused at build, with the value and the right range in the message. */
class ChannelConfigTest {
    private static ChannelConfig.Builder builder() {
        return ChannelConfig.builder("test");
    }

    private static void assertRefused(ChannelConfig.Builder builder, Object value, String... range) {
        assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(value)).hasMessageContainingAll(range);
    }

    @Test
    void theDefaultsAreOneBufferForEachCpuOf8Times256KiBInMemoryWithoutOverwriting() throws Exception {
        final ChannelConfig config = builder().build();
        assertThat(config.geometry().subBufferSize()).isEqualTo(256 << 10);
        assertThat(config.geometry().subBufferCount()).isEqualTo(8);
        assertThat(config.geometry().headerBytes()).isZero();
        assertThat(config.geometry().mode()).isEqualTo(Mode.NO_OVERWRITE);
        assertThat(config.exclusiveBuffers()).isZero();
        assertThat(config.bufferCount()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.storage()).isSameAs(Storage.memory());
        assertThat(config.tickInterval()).isEqualTo(Duration.ofSeconds(1L));
        assertThat(config.preTouch()).isTrue();
        assertThat(config.keep()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -8, 0, 4, 7, 9, 12, 1001, (1 << 30) + 8, Integer.MAX_VALUE})
    void subBufferSizesAreMultiplesOf8From8To1GiB(int size) {
        assertRefused(builder().subBufferSize(size), size, "multiple of 8", "8 to 1073741824");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 1000, 1 << 30})
    void anyMultipleOf8WillDo(int size) {
        assertThat(builder().subBufferSize(size).build().geometry().subBufferSize()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 6, 1000, 1 << 21, Integer.MAX_VALUE})
    void subBufferCountsArePowersOfTwoFrom1To2ToThe20(int count) {
        assertRefused(builder().subBufferCount(count), count, "power of two", "1 to 1048576");
    }

    @Test
    void allBuffersTogetherHaveAtMost2ToThe22SubBuffers() {
        assertThat(builder().subBufferCount(1 << 20).bufferCount(4).build().bufferCount()).isEqualTo(4);
        assertRefused(builder().subBufferCount(1 << 20).bufferCount(5), "1048576 sub-buffers in 5 buffers",
                "4194304 or less");
        assertRefused(builder().subBufferCount(1 << 20).bufferCount(4096), "1048576 sub-buffers in 4096 buffers",
                "4194304 or less"); // 2^32
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 64, 65, Integer.MAX_VALUE})
    void headersLeaveRoomForAtLeastOneByte(int header) {
        assertRefused(builder().subBufferSize(64).headerBytes(header), header, "0 to", "63");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4097, Integer.MAX_VALUE})
    void bufferCountsAreFrom1To4096(int count) {
        assertRefused(builder().bufferCount(count), count, "1 to 4096");
    }

    @Test
    void tickIntervalsAreFrom0To1Day() {
        assertRefused(builder().tickInterval(Duration.ofNanos(-1)), "PT-0.000000001S", "0 to PT24H");
        assertRefused(builder().tickInterval(Duration.ofDays(1).plusNanos(1)), "PT24H0.000000001S", "0 to PT24H");
        assertThat(builder().tickInterval(Duration.ofDays(1)).build().tickInterval()).isEqualTo(Duration.ofDays(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "-x", "a/b", "../x", "a b", "a\0b", "ä", "a\n"})
    void baseNamesCannotLeaveTheDirectoryOrHide(String name) {
        assertThatThrownBy(() -> ChannelConfig.builder(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'").hasMessageContaining("1 to 200");
    }

    @Test
    void baseNamesAreAtMost200Long() {
        ChannelConfig.builder("x".repeat(200)).build();
        assertThatThrownBy(() -> ChannelConfig.builder("x".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nullsAreRefusedAtOnce() {
        assertThatThrownBy(() -> ChannelConfig.builder(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder().mode(null)).hasMessage("mode");
        assertThatThrownBy(() -> builder().callbacks(null)).hasMessage("callbacks");
        assertThatThrownBy(() -> builder().storage(null)).hasMessage("storage");
        assertThatThrownBy(() -> builder().cpuSelector(null)).hasMessage("cpuSelector");
        assertThatThrownBy(() -> builder().tickInterval(null)).hasMessage("tickInterval");
    }

    @Test
    void aConfigurationDoesNotChangeWithItsBuilder() {
        final ChannelConfig.Builder builder = builder().bufferCount(2).keep(true);
        final ChannelConfig config = builder.build();
        builder.bufferCount(3).keep(false);
        assertThat(config.bufferCount()).isEqualTo(2);
        assertThat(config.keep()).isTrue();
    }

    @Test
    void aBufferNumberOutOfRangeIsAnErrorAndClaimsNothing() throws Exception {
        try (Channel channel = Channel.open(builder().bufferCount(2).subBufferSize(64).build())) {
            assertThatThrownBy(() -> channel.buffer(2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> channel.consumer(-1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> channel.snapshot(2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> channel.buffer(2).statsSinceReset()).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
