// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogReader;
import dev.jrelay.tee.Tee;
import java.io.IOException;

/** tee, the original's tprintk: what a program prints is printed as before, and also goes into a channel. */
public final class TeeOut {
    private TeeOut() {
    }

    /** Prints before, during and after a tee, and prints what the channel has of it. */
    public static void main(String[] arguments) throws IOException {
        final Klog klog = new Klog();
        try (Channel channel = Channel.open(ChannelConfig.builder("tee").bufferCount(1).build());
                Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            System.out.println("before");
            try (Tee _ = Tee.out(klog)) {
                System.out.println("during");
                System.out.printf("%d lines%n", 2);
            }
            System.out.println("after");
            klog.detach();
            channel.flush();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                System.out.println("in the channel: " + reader.text());
            }
        }
    }
}
