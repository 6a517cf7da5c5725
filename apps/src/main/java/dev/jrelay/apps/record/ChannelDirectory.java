// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.RelayDirectory;
import dev.jrelay.relayapp.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory that the channel's files lie in; removed at the end if it was made for the run. */
final class ChannelDirectory implements AutoCloseable {
    private final Path path;
    private final boolean isFresh;

    private ChannelDirectory(Path path, boolean isFresh) {
        this.path = path;
        this.isFresh = isFresh;
    }

    /**
     * Finds or makes the directory.
     *
     * @throws IOException if it cannot be made, or there is less room in it than the buffers need
     */
    static ChannelDirectory open(RecordPlan plan) throws IOException {
        final Path wanted = plan.channelDirectory();
        final ChannelDirectory directory;
        if (wanted == null) {
            directory = new ChannelDirectory(RelayDirectory.createTemporary("relay-record-", null), true);
        } else if (Files.exists(wanted)) {
            directory = new ChannelDirectory(wanted, false);
        } else {
            directory = new ChannelDirectory(RelayDirectory.create(wanted.getFileName().toString(),
                    wanted.toAbsolutePath().getParent()), true);
        }
        try {
            Directories.checkRoom(directory.path, plan.geometry(), plan.buffers());
            return directory;
        } catch (IOException full) {
            directory.close();
            throw full;
        }
    }

    Path path() {
        return path;
    }

    boolean isFresh() {
        return isFresh;
    }

    @Override
    public void close() throws IOException {
        if (isFresh) {
            RelayDirectory.remove(path);
        }
    }
}
