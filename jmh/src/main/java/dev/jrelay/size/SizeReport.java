// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.page.Page;
import dev.jrelay.page.Plot;
import dev.jrelay.page.Table;
import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Writes a {@link Result} for people and programs: text, {@code size.json}, {@code candidates.csv}, a page. */
final class SizeReport {
    private static final double MILLION = 1e6;

    private final Result result;

    SizeReport(Result result) {
        this.result = result;
    }

    /** The answer in a few lines. */
    List<String> text() {
        final List<String> lines = new ArrayList<>(List.of(result.line()));
        facts().forEach((name, fact) -> lines.add(String.format(Locale.ROOT, "  %-14s %s", name, fact)));
        if (hasAnswer()) {
            result.candidates().stream().skip(1L).forEach(other -> lines.add("  or             " + other + ", "
                    + Sizes.text(other.memory()) + " for each buffer"));
            if (result.host() != null) {
                result.host().stream().filter(row -> row.best() != null && row.buffers() < result.buffers())
                        .forEach(row -> lines.add(String.format(Locale.ROOT, "  %-14s %s, %s in all%s", row.buffers()
                        + (row.buffers() == 1 ? " buffer" : " buffers"), row.best(), Sizes.text(row.memory()),
                        Double.isNaN(row.nanos()) ? "" : "; a message costs each of " + row.writers()
                        + " writers that share one " + Times.text(row.nanos()))));
            }
        }
        return lines;
    }

    private boolean hasAnswer() {
        return result.candidates() != null && !result.candidates().isEmpty();
    }

    /** Why this is the answer, and what comes of it. */
    private Map<String, String> facts() {
        final Map<String, String> facts = new LinkedHashMap<>();
        if (!hasAnswer()) {
            return facts;
        }
        final Load load = result.load();
        final Search.Candidate best = result.best();
        facts.put("bound by", result.binding());
        facts.put("load", String.format(Locale.ROOT, "%,.0f messages/s of %.0f bytes (%s), %.1f MB/s, for "
                + "each buffer; stalls: %s", load.messagesPerSecond(), load.sizes().mean(), load.sizes(),
                load.bytesPerSecond() / MILLION, load.stalls()));
        facts.put("formula", String.format(Locale.ROOT, "asks for -b %s; survives a stall of %s, the load has %s",
                Sizes.option(best.formulaSize()), Times.text(Formula.longestStall(load, best.size(),
                        best.count())), Times.text(load.stalls().design())));
        if (result.discarded() > 0L) {
            facts.put("missing", Sizes.count(result.discarded()) + " records by the recording's own account: its "
                    + "bursts were larger than it shows");
        }
        facts.put("predicted", String.format(Locale.ROOT, "lost %s, padding %s, latency p50 %s p99 %s", predicted(),
                Shares.text(best.detail().paddingShare()), percentile(best.detail().latency, 50.0),
                percentile(best.detail().latency, 99.0)));
        if (load.traffic().hasBursts() && load.stalls().kind() != Stalls.Kind.NONE) {
            facts.put("alignment", "stalls begin where they meet most, as they may for ever where both come by the "
                    + "clock; at moments that have nothing to do with bursts " + Shares.text(result.independent())
                    + " would be lost");
        }
        if (result.trial() != null) {
            final Outcome trial = result.trial();
            facts.put("measured", String.format(Locale.ROOT, "lost %s of %,d in %.0f s, padding %s, latency p50 "
                    + "%s p99 %s: %s", measured(trial), trial.messages, result.trialSeconds(),
                    Shares.text(trial.paddingShare()), percentile(trial.latency, 50.0),
                    percentile(trial.latency, 99.0), result.verdict()));
            facts.put("headroom", String.format(Locale.ROOT, "%d of %d sub-buffers used at most (%.0f %% never)",
                    trial.maxBacklog, best.count(), 100.0 * Math.max(0.0, result.headroom())));
        }
        facts.put("a message", String.format(Locale.ROOT, "%.1f ns (%.1f ns if each switch wakes the consumer); "
                + "first touch %s", result.machine().overhead(load, best.size(), false),
                result.machine().overhead(load, best.size(), true),
                Times.text(result.machine().touch() * best.memory() / Calibration.PAGE)));
        if (result.cheaper() != null) {
            facts.put("a quarter less", result.cheaper() + " would lose "
                    + Shares.text(result.cheaperLoss()));
        }
        return facts;
    }

    private String predicted() {
        final Estimate estimate = result.best().estimate();
        return String.format(Locale.ROOT, "%s (95 %%: below %s), %,.0f stalls simulated", Shares.text(estimate.loss()),
                Shares.text(estimate.bound()), estimate.stalls());
    }

    /** What was lost on the real channel; nothing seen is a bound, not nothing. */
    private static String measured(Outcome trial) {
        return trial.lost == 0L ? "none (95 %: below " + Shares.text(Estimate.bound(trial.messages)) + ")"
                : Shares.text(trial.loss());
    }

    private static String percentile(Histogram histogram, double percentile) {
        return Times.text(histogram.getValueAtPercentile(percentile));
    }

    /** All numbers, in bytes, ns and counts. */
    String json() throws IOException {
        final Map<String, Object> root = new LinkedHashMap<>();
        final Load load = result.load();
        root.put("partial", result.partial());
        root.put("load", map("sizes", load.sizes().toString(), "meanBytes", load.sizes().mean(),
                "messagesPerSecond", load.messagesPerSecond(), "bytesPerSecond", load.bytesPerSecond(),
                "consumerBytesPerSecond", load.consumerRate(), "stalls", load.stalls().toString(),
                "targetLoss", load.loss(), "buffers", result.buffers()));
        if (result.machine() != null) {
            final Machine machine = result.machine();
            root.put("machine", map("writeNanos", machine.write(), "switchNanos", machine.onSwitch(),
                    "wakeNanos", machine.wake(),
                    "pauseNanos", machine.pause(), "drainBytesPerSecond", machine.drain(), "touchNanos",
                    machine.touch()));
        }
        if (result.candidates() != null && !result.candidates().isEmpty()) {
            final Search.Candidate best = result.best();
            root.put("recommended", map("subBufferSize", best.size(), "subBufferCount", best.count(),
                    "memoryPerBuffer", best.memory(), "formulaSubBufferSize", best.formulaSize(), "boundBy",
                    result.binding(), "predicted", outcome(best.detail()), "predictedLoss", best.estimate().loss(),
                    "predictedLossUpper95", best.estimate().bound(), "stallsSimulated", best.estimate().stalls(),
                    "lossIfIndependent", Double.isNaN(result.independent()) ? null : result.independent()));
            root.put("cheaper", result.cheaper() == null ? null : map("subBufferSize", result.cheaper().size(),
                    "subBufferCount", result.cheaper().count(), "loss", result.cheaperLoss()));
            root.put("hosts", result.hosts());
            root.put("fewerBuffers", result.host() == null ? null : result.host().stream().map(SizeReport::hostRow)
                    .toList());
        }
        if (result.trial() != null) {
            final Map<String, Object> trial = outcome(result.trial());
            trial.put("seconds", result.trialSeconds());
            trial.put("lossOfShortRuns95", result.chance());
            trial.put("holds", result.holds());
            root.put("measured", trial);
        }
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES).asString(root);
    }

    private static Map<String, Object> hostRow(HostView.Row row) {
        return map("buffers", row.buffers(), "writersOnOne", row.writers(), "subBufferSize",
                row.best() == null ? null : row.best().size(), "subBufferCount",
                row.best() == null ? null : row.best().count(), "memory", row.best() == null ? null : row.memory(),
                "messageNanos", Double.isNaN(row.nanos()) ? null : row.nanos());
    }

    private static Map<String, Object> outcome(Outcome outcome) {
        return map("messages", outcome.messages, "lost", outcome.lost, "lostBytes", outcome.lostBytes, "loss",
                outcome.loss(), "episodes", outcome.episodes, "paddingShare", outcome.paddingShare(), "subBuffers",
                outcome.subBuffers, "maxBacklog", outcome.maxBacklog, "latencyP50",
                outcome.latency.getValueAtPercentile(50.0), "latencyP99", outcome.latency.getValueAtPercentile(99.0),
                "writeP50", outcome.writing.getValueAtPercentile(50.0), "writeP9999",
                outcome.writing.getValueAtPercentile(99.99));
    }

    private static Map<String, Object> map(Object... entries) {
        final Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    private String csv() {
        final StringBuilder csv = new StringBuilder("sub_buffer_size,sub_buffer_count,memory,formula_size,loss,"
                + "loss_upper95,padding_share,max_backlog\n");
        for (final Search.Candidate candidate : result.candidates()) {
            csv.append(String.format(Locale.ROOT, "%d,%d,%d,%d,%.3g,%.3g,%.5f,%d%n", candidate.size(),
                    candidate.count(), candidate.memory(), candidate.formulaSize(), candidate.estimate().loss(),
                    candidate.estimate().bound(), candidate.detail().paddingShare(), candidate.detail().maxBacklog));
        }
        return csv.toString();
    }

    /** Writes all files. */
    void write(Path directory, List<Plot> plots) throws IOException {
        Files.writeString(directory.resolve("size.json"), json() + "\n");
        if (result.candidates() != null) {
            Files.writeString(directory.resolve("candidates.csv"), csv());
        }
        page(plots).write(directory.resolve("index.html"));
    }

    /** The page, with {@code plots}. */
    Page page(List<Plot> plots) {
        final Page page = new Page("Sub-buffers for this load", answer());
        if (!hasAnswer()) {
            return page;
        }
        page.heading("Targets").table(targets());
        if (!plots.isEmpty()) {
            page.heading("How the choice lies among its neighbours");
            plots.forEach(page::plot);
        }
        final Table facts = new Table(List.of("what", "value"));
        facts().forEach((name, fact) -> facts.row(List.of(name, fact)));
        if (result.host() != null) {
            page.heading("All buffers of a host").text("Each CPU writes. With fewer buffers than CPUs writers share "
                    + "one, which costs time for each message: as measured here, with 64 bytes.").table(host());
        }
        page.heading("Numbers").fold("Why, and what comes of it").table(facts);
        page.fold("Other choices, cheapest first").table(candidates());
        page.text("All numbers: `size.json`, `candidates.csv`, beside this page.");
        return page;
    }

    private String answer() {
        if (!hasAnswer()) {
            return "No recommendation: " + result.partial() + ".";
        }
        final Search.Candidate best = result.best();
        return "Use `" + best + "`" + result.line().substring(best.toString().length()) + ". "
                + (result.trial() == null ? "It was not tried on a real channel." : String.format(Locale.ROOT,
                "Tried on a real channel for %.0f s it lost %s of %,d messages: %s.", result.trialSeconds(),
                measured(result.trial()), result.trial().messages, result.verdict()));
    }

    private Table targets() {
        final Load load = result.load();
        final Search.Candidate best = result.best();
        final Outcome trial = result.trial();
        final Table table = new Table(List.of("target", "asked for", "predicted", "measured", "verdict"));
        table.row(trial == null ? Table.Verdict.OPEN : result.holds() ? Table.Verdict.GOOD : Table.Verdict.BAD,
                List.of("messages lost", load.loss() == 0.0 ? "none" : "at most " + Shares.text(load.loss()),
                        Shares.text(best.estimate().loss()) + ", 95 %: below "
                        + Shares.text(best.estimate().bound()),
                        trial == null ? "" : measured(trial),
                        trial == null ? "not tried" : result.holds() ? "holds" : "does not hold"));
        table.row(Table.Verdict.GOOD, List.of("memory of a buffer", "at most " + Sizes.text(load.memory()),
                Sizes.text(best.memory()), Sizes.text(best.memory()), "holds"));
        final double full = Formula.usable(load, best.size()) / load.bytesPerSecond() * Load.SECOND;
        if (!Double.isInfinite(load.latency())) {
            table.row(full <= load.latency() ? Table.Verdict.GOOD : Table.Verdict.BAD, List.of("until a sub-buffer is "
                    + "full", "at most " + Times.text(load.latency()), Times.text(full), "",
                    full <= load.latency() ? "holds" : "does not hold"));
        }
        if (!Double.isInfinite(load.delay())) {
            table.row(Table.Verdict.GOOD, List.of("until a sub-buffer is closed", "at most " + Times.text(load.delay()),
                    Times.text(Math.min(full, load.delay())), "", "the channel's bound on the delay"));
        }
        if (load.largest() != Long.MAX_VALUE) {
            table.row(Table.Verdict.GOOD, List.of("a sub-buffer, as the sink gets it", "at most "
                    + Sizes.text(load.largest()), Sizes.text(best.size()), Sizes.text(best.size()), "holds"));
        }
        return table;
    }

    private Table host() {
        final Table table = new Table(List.of("buffers", "choice", "memory of all", "on all hosts", "writers on one",
                "a message"));
        for (final HostView.Row row : result.host()) {
            final boolean isDoing = row.best() != null;
            table.row(List.of(row.buffers() + (row.buffers() == 1 ? " buffer" : " buffers"),
                    isDoing ? "`" + row.best() + "`" : row.problem(),
                    isDoing ? Sizes.text(row.memory()) : "", isDoing && result.hosts() > 1
                    ? Sizes.text((double) row.memory() * result.hosts()) : "", Integer.toString(row.writers()),
                    Double.isNaN(row.nanos()) ? "" : Times.text(row.nanos())));
        }
        return table;
    }

    private Table candidates() {
        final Table table = new Table(List.of("choice", "memory of a buffer", "formula asks for", "lost", "95 %: below",
                "padding", "sub-buffers used at most"));
        for (final Search.Candidate candidate : result.candidates()) {
            final Outcome total = candidate.detail();
            table.row(List.of("`" + candidate + "`", Sizes.text(candidate.memory()),
                    "`-b " + Sizes.option(candidate.formulaSize()) + "`",
                    Shares.text(candidate.estimate().loss()), Shares.text(candidate.estimate().bound()),
                    Shares.text(total.paddingShare()), total.maxBacklog + " of " + candidate.count()));
        }
        return table;
    }
}
