// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import dev.jrelay.Channel;
import dev.jrelay.Consumer;
import dev.jrelay.SubBuffer;
import dev.jrelay.ctf.Ctf;
import dev.jrelay.ctf.CtfStream;
import dev.jrelay.klog.Klog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A trace that babeltrace2 reads, with two losses in it: the example of {@code docs/ctf.md}. */
public final class Trace {
    private Trace() {
    }

    /**
     * Writes the trace.
     *
     * @param directory where to; exists and is empty
     * @throws IOException if that fails
     */
    public static void write(Path directory) throws IOException {
        final Ctf ctf = new Ctf(1, 2); // one buffer of two sub-buffers
        ctf.writeMetadata(directory);
        final Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256).build());
        final Klog klog = new Klog();
        klog.attach(channel);
        for (int i = 0; i < 12; i++) {
            klog.printf("request %d", i); // ten fit, two are lost
        }
        try (Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(directory, "cpu0", 0)) {
            collect(consumer, stream);
            klog.raw(new byte[] {1, 2, 3}, 0, 3);
            channel.close();
            collect(consumer, stream);
            klog.print("too late");
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
    }

    private static void collect(Consumer consumer, CtfStream stream) throws IOException {
        for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
            stream.write(s);
            consumer.subBuffersConsumed(1);
        }
    }

    /** Writes the trace into the directory that is named, or a new one, and says how to read it. */
    public static void main(String[] arguments) throws IOException {
        final Path directory = arguments.length == 0 ? Files.createTempDirectory("trace")
                : Files.createDirectories(Path.of(arguments[0]));
        write(directory);
        System.out.println("to read the trace: babeltrace2 " + directory);
    }
}
