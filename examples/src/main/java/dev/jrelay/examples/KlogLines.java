// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogHandler;
import dev.jrelay.klog.KlogReader;
import dev.jrelay.klog.KlogRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.logging.Logger;

/** klog: formatted lines, raw bytes and a {@code java.util.logging} logger in one channel. */
public final class KlogLines {
    private KlogLines() {
    }

    /** Logs with and without a channel, and prints what came. */
    public static void main(String[] arguments) throws IOException {
        final Klog klog = new Klog();
        final KlogHandler handler = new KlogHandler(klog);
        final Logger logger = Logger.getLogger("org.example");
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        klog.printf("nothing is attached, so this goes nowhere");
        try (Channel channel = Channel.open(ChannelConfig.builder("log").bufferCount(1).build());
                Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            klog.printf("opened %s, %d bytes", "a.txt", 4096L);
            klog.line().add("load=").add(0.5).end();
            klog.raw(new byte[] {1, 2, 3}, 0, 3);
            logger.warning("through java.util.logging");
            klog.detach();
            channel.flush();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                System.out.println(reader.length() + " bytes: " + (reader.id() == KlogRecord.RAW
                        ? Arrays.toString(reader.bytes()) : reader.text()));
            }
        }
        logger.removeHandler(handler);
    }
}
