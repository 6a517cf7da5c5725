// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Runs configurations as their rows want it: long ones in a JVM of their own, short ones one after the other in JVMs
 * that stay, one for each thread that calls.
 */
final class ModelRuns implements AutoCloseable {
    private static final Duration LIMIT_SMALL = Duration.ofMinutes(10);
    private static final Duration LIMIT_LARGE = Duration.ofHours(24);

    private final Path folder;
    private final Path jar;
    private final String memory;
    private final int workers;
    private final Queue<WarmTlc> idle = new ConcurrentLinkedQueue<>();

    /**
     * Prepares runs.
     *
     * @param folder the folder with modules and configurations
     * @param jar the jar with TLC
     * @param memory the most heap of each JVM, as in {@code -Xmx}
     * @param workers threads of TLC in a large run; other runs have one
     */
    ModelRuns(Path folder, Path jar, String memory, int workers) {
        this.folder = folder;
        this.jar = jar;
        this.memory = memory;
        this.workers = workers;
    }

    /**
     * Checks a configuration.
     *
     * @param progress called with each line of progress of a long run
     * @param options further options of TLC
     */
    TlcResult run(Model model, Consumer<String> progress, String... options) throws IOException, InterruptedException {
        final String[] all = Stream.concat(model.mode().startsWith("simulate")
                ? Stream.of(("-" + model.mode()).split(" ")) : Stream.empty(), Stream.of(options))
                .toArray(String[]::new);
        final Path configuration = folder.resolve(model.configuration() + ".cfg");
        if (model.isLong()) {
            return new Tlc(folder).jar(jar).memory(memory).workers(model.isLarge() ? workers : 1).options(all)
                    .timeout(model.isLarge() ? LIMIT_LARGE : LIMIT_SMALL).progress(progress)
                    .run(model.module(), configuration);
        }
        return run(model.module(), configuration, all);
    }

    /** Checks a configuration that needs little time, in a JVM that stays. */
    TlcResult run(String module, Path configuration, String... options) throws IOException, InterruptedException {
        final WarmTlc free = idle.poll();
        final WarmTlc tlc = free == null ? new WarmTlc(folder, jar, memory) : free;
        try {
            return tlc.run(module, configuration, List.of(options), LIMIT_SMALL);
        } finally {
            idle.add(tlc);
        }
    }

    @Override
    public void close() throws IOException {
        for (WarmTlc tlc = idle.poll(); tlc != null; tlc = idle.poll()) {
            tlc.close();
        }
    }
}
