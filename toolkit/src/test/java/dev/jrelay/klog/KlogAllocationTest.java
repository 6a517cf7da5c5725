// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** What {@link Klog} says about allocation, by the thread's own count of allocated bytes. */
class KlogAllocationTest {
    private static final int WARM_UP = 60_000;
    private static final int CALLS = 100_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Klog klog = new Klog();
    private final byte[] bytes = new byte[32];
    private final StringBuilder builder = new StringBuilder("Zeichen: ä, €");

    @Test
    void writesWithoutAllocating() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("klog").subBufferSize(1 << 20).subBufferCount(2)
                .bufferCount(1).mode(Mode.OVERWRITE).build();
        try (Channel channel = Channel.open(config)) {
            klog.attach(channel);
            measureAll();
        }
    }

    @Test
    void doesNothingWithoutAllocating() {
        measureAll();
    }

    private void measureAll() {
        assertThat(allocated(i -> klog.print("a text"))).as("print").isZero();
        assertThat(allocated(i -> klog.printf("x=%d", i))).as("one number").isZero();
        assertThat(allocated(i -> klog.printf("x=%d y=%x", i, i))).as("two numbers").isZero();
        assertThat(allocated(i -> klog.printf("%s", builder))).as("a char sequence").isZero();
        assertThat(allocated(i -> klog.printf("%s=%d", "größe €", i))).as("string and number").isZero();
        assertThat(allocated(i -> klog.raw(bytes, 0, 32))).as("raw").isZero();
        assertThat(allocated(i -> klog.line().add("x=").add(i).add(' ').add((i & 1) == 0).add('é').add(i * 1L)
                .addHex(i).add(builder).end())).as("line").isZero();
        assertThat(allocated(i -> klog.line().add(i * 1.1).end())).as("double").isZero();
    }

    /** Bytes allocated by {@value #CALLS} calls; the fewest of some runs, as the compilers may still be at work. */
    private long allocated(IntConsumer call) {
        for (int i = 0; i < WARM_UP; i++) {
            call.accept(i);
        }
        long fewest = Long.MAX_VALUE;
        for (int run = 0; run < 5 && fewest > 0L; run++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.accept(i);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return fewest;
    }
}
