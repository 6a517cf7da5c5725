// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.relayapp.ControlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay get}: reads a control file. */
@Command(name = "get", sortOptions = false, mixinStandardHelpOptions = true, header = "Reads a control file.%n",
        footer = {"%nExamples:", "  relay get /dev/shm/demo/.control/produced",
            "  echo | nc -U /dev/shm/demo/.control/produced     the same without relay"})
final class GetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "The control file, a Unix-domain socket.")
    private Path path;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        final String value = ControlFile.ask(path, null);
        System.out.println(json ? JSON.std.composeString().startObject().put("value", value).end().finish() : value);
        return Relay.OK;
    }
}
