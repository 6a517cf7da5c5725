// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.relayapp.ControlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay set}: writes a control file. */
@Command(name = "set", sortOptions = false, mixinStandardHelpOptions = true, header = "Writes a control file.%n",
        footer = {"%nExamples:", "  relay set /dev/shm/demo/.control/enabled 0",
            "  echo 0 | nc -NU /dev/shm/demo/.control/enabled     the same without relay"})
final class SetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PATH", description = "The control file, a Unix-domain socket.")
    private Path path;

    @Parameters(index = "1", paramLabel = "VALUE", description = "What to write; not empty.")
    private String value;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (value.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "VALUE '': must not be empty, which would be to read");
        }
        final String answer = ControlFile.ask(path, value);
        if (json) {
            System.out.println(JSON.std.composeString().startObject().put("answer", answer).end().finish());
        }
        return Relay.OK;
    }
}
