// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.grading.GradingResult;

/** The Markdown summary of a run: the machine, the command, and how often each outcome was seen. */
final class Report {
    private final Path folder;
    private final String arguments;
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final StringBuilder mutantRows = new StringBuilder();
    private Path file;

    Report(Path folder, List<String> arguments) {
        this.folder = folder;
        this.arguments = String.join(" ", arguments);
    }

    /** Where the summary was written; null before. */
    Path file() {
        return file;
    }

    void tests(String mode, JcstressRun.Settings settings, Results results) throws IOException {
        final StringBuilder text = heading("jcstress: the races of the kernel", settings);
        final long samples = results.byTest().values().stream().mapToLong(Results.Outcomes::samples).sum();
        final int forks = results.byTest().values().stream().mapToInt(Results.Outcomes::forks).sum();
        text.append(results.byTest().size()).append(" tests, ").append(forks).append(" JVMs, ")
                .append(grouped(samples)).append(" samples, ").append(results.problems().size())
                .append(" problems.\n\n");
        results.problems().forEach(problem -> text.append("- **").append(problem).append("**\n"));
        for (final Map.Entry<String, Results.Outcomes> test : results.byTest().entrySet()) {
            text.append("\n## ").append(test.getKey().replace("dev.jrelay.", "")).append("\n\n")
                    .append("| outcome | samples | graded | meaning |\n|---|---:|---|---|\n");
            test.getValue().outcomes().forEach(outcome -> row(text, outcome));
        }
        write("stress.md", text);
    }

    private static void row(StringBuilder text, GradingResult outcome) {
        text.append("| ").append(outcome.id).append(" | ").append(grouped(outcome.count)).append(" | ")
                .append(outcome.expect == Expect.FORBIDDEN && outcome.count > 0L ? "**forbidden, seen**"
                        : outcome.expect.toString().toLowerCase(java.util.Locale.ROOT))
                .append(" | ").append(outcome.description).append(" |\n");
    }

    void mutant(Mutant mutant, Results.Outcomes outcomes, boolean expected) {
        mutantRows.append("| ").append(mutant.row).append(" | ").append(mutant).append(" | ").append(mutant.change)
                .append(" | ").append(mutant.test).append(" | ");
        if (outcomes == null) {
            mutantRows.append("did not run");
        } else if (outcomes.forbidden() > 0L) {
            outcomes.outcomes().stream().filter(one -> one.expect == Expect.FORBIDDEN && one.count > 0L)
                    .forEach(one -> mutantRows.append('`').append(one.id).append("` ").append(grouped(one.count))
                            .append(" times; "));
            mutantRows.append("of ").append(grouped(outcomes.samples()));
        } else {
            mutantRows.append("nothing forbidden in ").append(grouped(outcomes.samples()));
        }
        mutantRows.append(" | ").append(mutant.model == null ? "shown" : "not on x86: " + mutant.model)
                .append(expected ? "" : " **not as expected**").append(" |\n");
    }

    void mutants(JcstressRun.Settings settings) throws IOException {
        write("mutants.md", heading("jcstress: the weakened mutants", settings)
                .append("| row | mutant | change | test | seen | expected |\n|---|---|---|---|---|---|\n")
                .append(mutantRows));
    }

    private StringBuilder heading(String title, JcstressRun.Settings settings) {
        return new StringBuilder().append("# ").append(title).append("\n\n")
                .append("    relay stress ").append(arguments).append("\n\n")
                .append("- started ").append(started).append(", took ")
                .append(started.until(Instant.now(), ChronoUnit.SECONDS)).append(" s\n")
                .append("- ").append(processor()).append(", ").append(Runtime.getRuntime().availableProcessors())
                .append(" CPUs, ").append(System.getProperty("os.name")).append(' ')
                .append(System.getProperty("os.version")).append(' ').append(System.getProperty("os.arch"))
                .append("\n- ").append(System.getProperty("java.vm.name")).append(' ')
                .append(Runtime.version()).append(", ").append(System.getProperty("java.vendor.version", ""))
                .append("\n- jcstress 0.16 ").append(String.join(" ", settings.options())).append("\n\n");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 2)).orElse("unknown processor");
        } catch (IOException unknown) {
            return "unknown processor";
        }
    }

    private static String grouped(long number) {
        return String.format(java.util.Locale.ROOT, "%,d", number);
    }

    private void write(String name, CharSequence text) throws IOException {
        Files.createDirectories(folder);
        file = folder.resolve(name);
        Files.writeString(file, text);
    }
}
