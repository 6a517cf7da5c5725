// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.apps.record.OutputKind;
import dev.jrelay.apps.record.RecordDrain;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.Failures;
import dev.jrelay.relayapp.Rotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * {@code relay consume CHANNEL-DIR OUTPUT-DIR keep|remove ROTATION KIND}: the consumer process of {@code relay record},
 * which starts it; an empty ROTATION is none, KIND a constant of {@link OutputKind}. Not for people: it is not in the
 * help, and to start in half the time it parses its arguments without picocli.
 */
final class ConsumeCommand {
    static final String NAME = "consume";
    private static final int ARGUMENTS = 6;

    private final Optional<ProcessHandle> parent = parent();
    private volatile boolean hungUp;

    private ConsumeCommand() {
    }

    /** Whether this is the hidden command. */
    static boolean isMeant(String... arguments) {
        return arguments.length == ARGUMENTS && arguments[0].equals(NAME);
    }

    /** Runs it to the end of the channel, or of its process. */
    static int execute(String... arguments) {
        try {
            return new ConsumeCommand().run(Path.of(arguments[1]), Path.of(arguments[2]),
                    arguments[3].equals("remove"), rotation(arguments[4]),
                    OutputKind.valueOf(arguments[5]));
        } catch (IOException | RuntimeException | VirtualMachineError failure) {
            System.out.println("error " + Failures.describe(failure).replace('\n', ' '));
            return Relay.FAILED;
        }
    }

    private static Rotation rotation(String text) {
        return text.isEmpty() ? Rotation.NEVER : Rotation.parse(text);
    }

    private int run(Path channelDirectory, Path output, boolean remove, Rotation rotation, OutputKind kind)
            throws IOException {
        Thread.ofPlatform().daemon().name("parent-watch").start(this::awaitHangUp);
        final BooleanSupplier isOrphan = () -> hungUp || !parent().equals(parent);
        final DirectorySink sink = kind.sink(output);
        sink.rotate(rotation);
        if (new RecordDrain(channelDirectory, sink, System.out, isOrphan).run(remove)) {
            return Relay.OK;
        }
        System.err.println("relay: the process that read the input is gone; what it had relayed is in " + output
                + ", unchecked");
        return Relay.FAILED;
    }

    /** The process that the operating system has put in the parent's place, if that has ended. */
    private static Optional<ProcessHandle> parent() {
        return ProcessHandle.current().parent();
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
