// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.apps.record.Drain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay consume}: the consumer process of {@code relay record}, which starts it. Not for people. */
@Command(name = "consume", hidden = true, description = "Drains a channel to files, for relay record.")
final class ConsumeCommand implements Callable<Integer> {
    @Option(names = "--channel-dir", required = true, description = "Where the channel's files are.")
    private Path channelDirectory;

    @Option(names = "--output", required = true, description = "Directory for the output files.")
    private Path output;

    @Option(names = "--remove", description = "Remove the channel's directory too if its process dies.")
    private boolean remove;

    private volatile boolean hungUp;

    @Override
    public Integer call() throws IOException {
        Thread.ofPlatform().daemon().name("parent-watch").start(this::awaitHangUp);
        if (new Drain(channelDirectory, output, System.out, () -> hungUp).run(remove)) {
            return Relay.OK;
        }
        System.err.println("relay: the process that read the input is gone; what it had relayed is in " + output
                + ", unchecked");
        return Relay.FAILED;
    }

    /** The other end of stdin is closed when that process ends, however it does. */
    private void awaitHangUp() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever sent
            }
        } catch (IOException broken) {
            // as good as its end
        }
        hungUp = true;
    }
}
