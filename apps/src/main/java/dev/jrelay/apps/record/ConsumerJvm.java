// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import dev.jrelay.relayapp.Rotation;
import java.nio.file.Path;
import java.util.List;

/** How the process that drains a channel is started: the same jar with the hidden subcommand {@code consume}. */
public final class ConsumerJvm {
    private static final long HEAP_MEGABYTES = 64L;
    private static final long VIEWS_PER_MEGABYTE = 2048L;
    private static final long DIRECT_MEGABYTES = 64L;
    private static final long TRACE_COPIES = 3L;
    private static final int MEGABYTE_SHIFT = 20;
    /** Interrupt and hang-up stay ignored through exec, and a JVM leaves ignored ones alone. */
    private static final String IGNORING_SIGNALS = "trap '' INT HUP TERM; exec \"$@\"";

    private ConsumerJvm() {
    }

    /**
     * The command line. The heap grows with the views of sub-buffers; copies of sub-buffers, one for each buffer in
     * overwrite mode and up to two for a trace, are no part of the heap, and have a limit of their own.
     *
     * @param channelDirectory where the channel's files are
     * @param output where the consumer writes
     * @param kind what it writes there
     * @param rotation when it begins another file
     * @param removes whether it removes the directory of the channel if the writers die
     * @param buffers buffers of the channel
     * @param geometry their sizes
     * @return program and arguments
     */
    public static List<String> command(Path channelDirectory, Path output, OutputKind kind, Rotation rotation,
            boolean removes, int buffers, Geometry geometry) {
        final long heap = HEAP_MEGABYTES + (long) buffers * geometry.subBufferCount() / VIEWS_PER_MEGABYTE;
        final long copies = kind == OutputKind.FILES ? 1L : TRACE_COPIES;
        final long direct = DIRECT_MEGABYTES + (copies * buffers * geometry.subBufferSize() >> MEGABYTE_SHIFT);
        return List.of("/bin/sh", "-c", IGNORING_SIGNALS, "relay",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap + "m",
                "-XX:MaxDirectMemorySize=" + direct + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Xshare:auto", "-cp", System.getProperty("java.class.path"), "dev.jrelay.apps.Relay", "consume",
                channelDirectory.toString(), output.toString(), removes ? "remove" : "keep",
                rotation.toString(), kind.name());
    }
}
