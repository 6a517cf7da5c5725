// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who has claimed a buffer gives signs of life, from the claim on, and a claim that fails leaves nothing behind. */
class ClaimsTest {
    private final Geometry geometry = new Geometry(16, 2, 0, Mode.NO_OVERWRITE);
    private final ControlWords words = new ControlWords(
            MemorySegment.ofArray(new long[ControlWords.blockSize(2) / Long.BYTES]), 2);

    @Test
    void aConsumerBeatsFromItsClaimOn() {
        words.consumerBeatOpaque(1L);
        Claims.claimConsumer(words, "b");
        assertThat(Beat.isFresh(words.consumerBeatOpaque(), 0L)).isTrue();
        words.consumerBeatOpaque(1L);
        Claims.beat(words);
        assertThat(Beat.isFresh(words.consumerBeatOpaque(), 0L)).isTrue();
    }

    @Test
    void nobodyBeatsForAnother() {
        Claims.beat(words);
        assertThat(words.consumerBeatOpaque()).as("there is no consumer").isZero();
        assertThat(words.casConsumer(0L, ProcessId.self() + 1L)).isTrue();
        Claims.beat(words);
        assertThat(words.consumerBeatOpaque()).as("the consumer is of another process").isZero();
    }

    @Test
    void aMappedReaderBeatsFromItsClaimOn() {
        final int first = Claims.claimMapped(words, "b");
        final int second = Claims.claimMapped(words, "b");
        assertThat(second).isNotEqualTo(first);
        assertThat(Beat.isFresh(words.mappedBeatOpaque(first), 0L)).isTrue();
        assertThat(Beat.isFresh(words.mappedBeatOpaque(second), 0L)).isTrue();
    }

    @Test
    void whoIsRefusedHearsOfTheRivalOrThatItHasJustLetGo() {
        assertThat(Claims.refusal("b", ProcessId.self())).isEqualTo("buffer b has a consumer already, in process "
                + ProcessHandle.current().pid() + ": a buffer has one at a time");
        assertThat(Claims.refusal("b", 0L))
                .isEqualTo("buffer b has a consumer already, which has just let go: a buffer has one at a time");
    }

    @Test
    void aClaimThatFailsReleasesItsLease() {
        final AtomicInteger freed = new AtomicInteger();
        final Window window = new Window(geometry, words, false);
        Claims.claimConsumer(words, "b");
        final Lease lease = new Lease(1, freed::incrementAndGet);
        assertThat(lease.acquire()).isTrue();
        assertThatThrownBy(() -> Consumer.claim(window, new MemorySegment[0], null, "b", lease))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("buffer b has a consumer already");
        assertThat(freed).hasValue(0);
        lease.release();
        assertThat(freed).as("nobody holds the memory").hasValue(1);
    }
}
