// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import com.fasterxml.jackson.jr.ob.JSON;
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
        final List<String> lines = new ArrayList<>();
        lines.add(result.line());
        if (result.candidates() == null || result.candidates().isEmpty()) {
            return lines;
        }
        final Load load = result.load();
        final Search.Candidate best = result.best();
        lines.add("  bound by       " + result.binding());
        lines.add(String.format(Locale.ROOT, "  load           %,.0f messages/s of %.0f bytes (%s), %.1f MB/s, for "
                + "each buffer; stalls: %s", load.messagesPerSecond(), load.sizes().mean(), load.sizes(),
                load.bytesPerSecond() / MILLION, load.stalls()));
        lines.add(String.format(Locale.ROOT, "  formula        asks for -b %s; survives a stall of %s, the load has %s",
                Sizes.option(best.formulaSize()), Times.text(Formula.longestStall(load, best.size(),
                        best.count())), Times.text(load.stalls().design())));
        lines.add(String.format(Locale.ROOT, "  predicted      lost %s (95 %%: below %s), padding %s, latency p50 %s "
                + "p99 %s", Shares.text(best.estimate().loss()), Shares.text(best.estimate().upper()),
                Shares.text(best.estimate().total().paddingShare()),
                percentile(best.estimate().total().latency, 50.0), percentile(best.estimate().total().latency, 99.0)));
        if (result.trial() != null) {
            final Outcome trial = result.trial();
            lines.add(String.format(Locale.ROOT, "  measured       lost %s of %,d in %.0f s, padding %s, latency p50 "
                    + "%s p99 %s: %s", Shares.text(trial.loss()), trial.messages, result.trialSeconds(),
                    Shares.text(trial.paddingShare()), percentile(trial.latency, 50.0),
                    percentile(trial.latency, 99.0), result.verdict()));
            lines.add(String.format(Locale.ROOT, "  headroom       %d of %d sub-buffers used at most (%.0f %% never)",
                    trial.maxBacklog, best.count(), 100.0 * Math.max(0.0, result.headroom())));
        }
        lines.add(String.format(Locale.ROOT, "  a message      %.1f ns (%.1f ns if each switch wakes the consumer); "
                + "first touch %s", result.machine().overhead(load, best.size(), false),
                result.machine().overhead(load, best.size(), true),
                Times.text(result.machine().touch() * best.memory() / Calibration.PAGE)));
        if (result.cheaper() != null) {
            lines.add("  a quarter less " + result.cheaper() + " would lose " + Shares.text(
                    result.cheaper().estimate().loss()));
        }
        result.candidates().stream().skip(1L).forEach(other -> lines.add("  or             " + other + ", "
                + Sizes.text(other.memory()) + " for each buffer"));
        return lines;
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
                    result.binding(), "predicted", outcome(best.estimate().total()), "predictedLossUpper95",
                    best.estimate().upper()));
            root.put("cheaper", result.cheaper() == null ? null : map("subBufferSize", result.cheaper().size(),
                    "subBufferCount", result.cheaper().count(), "loss", result.cheaper().estimate().loss()));
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
                    candidate.estimate().upper(), candidate.estimate().total().paddingShare(),
                    candidate.estimate().total().maxBacklog));
        }
        return csv.toString();
    }

    /** Writes all files; {@code plots} are names of pictures already in {@code directory}. */
    void write(Path directory, List<String> plots) throws IOException {
        Files.writeString(directory.resolve("size.json"), json() + "\n");
        if (result.candidates() != null) {
            Files.writeString(directory.resolve("candidates.csv"), csv());
        }
        final StringBuilder page = new StringBuilder("""
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><title>relay size</title>
                <style>body{font:15px sans-serif;max-width:60em;margin:2em auto}pre{background:#f4f4f4;padding:1em;\
                overflow:auto}img{display:block;margin:1.5em 0}</style>
                <h1>Sub-buffers for this load</h1>
                """);
        page.append("<pre>").append(escape(String.join("\n", text()))).append("</pre>\n");
        plots.forEach(name -> page.append("<img src=\"").append(name).append("\" alt=\"").append(name)
                .append("\">\n"));
        page.append("<p>Numbers: <a href=\"size.json\">size.json</a>, <a href=\"candidates.csv\">candidates.csv</a>."
                + "</p></html>\n");
        Files.writeString(directory.resolve("index.html"), page);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
