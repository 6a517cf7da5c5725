// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of jcstress in a process of its own, and what it found. jcstress 0.16 exits 0 when it ran nothing, and leaves
 * out tests with more actors than CPUs without a word; therefore the results are read and compared with what was asked.
 */
final class JcstressRun {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED"; // for its JNA; else warnings
    private static final Pattern PROGRESS = Pattern.compile("\\(Results: .*\\)");

    private final List<Case> tests;
    private final Path folder;
    private final Settings settings;
    private Path prefix;

    /**
     * How hard to try.
     *
     * @param preset jcstress' {@code -m}
     * @param split whether to compile the actors separately, in every combination
     * @param iterations of each fork; 0 leaves it to the preset
     * @param millis of each iteration
     * @param single one configuration of the JVM instead of several
     */
    record Settings(String preset, boolean split, int iterations, long millis, boolean single) {
        List<String> options() {
            final List<String> options = new ArrayList<>(List.of("-m", preset, "-sc", Boolean.toString(split)));
            if (iterations > 0) {
                options.addAll(List.of("-iters", Integer.toString(iterations), "-time", Long.toString(millis)));
            }
            options.addAll(List.of(single ? "-jvmArgs" : "-jvmArgsPrepend", NATIVE_ACCESS));
            return options;
        }
    }

    /**
     * Prepares a run of {@code tests}, which all fit on the machine or all do not, with its files in {@code folder}.
     */
    JcstressRun(List<Case> tests, Path folder, Settings settings) {
        this.tests = tests;
        this.folder = folder;
        this.settings = settings;
    }

    /** Puts a folder of classes in front of the class path: a mutant. */
    JcstressRun with(Path classes) {
        prefix = classes;
        return this;
    }

    /** Runs to the end; {@code progress} gets a line now and then. */
    Results run(Consumer<String> progress) throws IOException, InterruptedException {
        delete(folder);
        Files.createDirectories(folder);
        final Path log = folder.resolve("jcstress.log");
        final Process process = new ProcessBuilder(command()).directory(folder.toFile()).redirectErrorStream(true)
                .start();
        final Thread killer = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(killer);
        try (BufferedReader output = process.inputReader();
                PrintWriter copy = new PrintWriter(new FileWriter(log.toFile()), true)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                if (PROGRESS.matcher(line).matches()) {
                    progress.accept(line);
                }
            }
        }
        final int exit = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(killer);
        return Results.read(tests, folder, exit);
    }

    private List<String> command() {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(NATIVE_ACCESS);
        final int actors = tests.stream().mapToInt(Case::actors).max().orElse(0);
        final boolean oversubscribed = actors > Runtime.getRuntime().availableProcessors();
        if (oversubscribed) {
            // An unknown system gets a made-up topology, of as many CPUs as the JVM is told it has.
            command.add("-Dos.name=Oversubscribed");
            command.add("-XX:ActiveProcessorCount=" + actors);
        }
        command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main"));
        command.addAll(settings.options());
        if (oversubscribed) {
            command.addAll(List.of("-af", "NONE"));
        }
        command.addAll(List.of("-r", "html", "-t", tests.stream().map(test -> Pattern.quote(test.name()))
                .collect(Collectors.joining("|", "^(?:", ")$"))));
        return command;
    }

    private String classPath() {
        final Stream<Path> shipped = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath());
        return Stream.concat(Stream.ofNullable(prefix).map(Path::toAbsolutePath), shipped).map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(JcstressRun::deleteFile);
            }
        }
    }

    private static void deleteFile(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
