// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.Geometry;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The directory of an existing channel, as several subcommands take it. */
final class ChannelArgument {
    @Parameters(paramLabel = "DIR", description = "The directory of the channel's files.")
    private Path directory;

    @Option(names = "--base", paramLabel = "NAME",
            description = "Name of the channel, if there are several in DIR; default the one that is there.")
    private String base;

    Path directory() {
        return directory;
    }

    /** The name of the channel. */
    String base() throws IOException {
        return Directories.baseName(directory, base);
    }

    /** Maps the channel to look at it; reading rights are enough. */
    MappedChannel look() throws IOException {
        return MappedChannel.look(directory, base());
    }

    /** The channel's sizes in words. */
    static String describe(MappedChannel channel) {
        final Geometry geometry = channel.geometry();
        return channel.bufferCount() + " cpus x " + geometry.subBufferCount() + " x "
                + Sizes.text(geometry.subBufferSize()) + " = "
                + Sizes.text(geometry.bufferSize() * channel.bufferCount()) + ", " + mode(geometry);
    }

    /** The channel's mode in words. */
    static String mode(Geometry geometry) {
        return geometry.mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite";
    }

    /** The process that writes, and what is known of it. */
    static String writer(long pid, Life life) {
        return "writer " + pid + switch (life) {
            case ALIVE -> " alive";
            case DEAD -> " DEAD";
            case UNKNOWN -> " unknown (of another PID namespace, or hidden, and silent)";
        };
    }
}
