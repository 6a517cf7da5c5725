// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.comp.ObjectComposer;
import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/** The outcome of a run as one JSON object: bytes, ns and counts as plain numbers. */
public final class Json {
    private Json() {
    }

    /**
     * Writes a report.
     *
     * @param report the outcome
     * @param exitCode what the process is about to return
     * @return the object, on one line
     * @throws IOException never: it is written to memory
     */
    public static String of(Report report, int exitCode) throws IOException {
        final RecordPlan plan = report.plan();
        final var text = JSON.std.composeString().startObject();
        text.put("ok", report.isOk()).put("exit", exitCode).put("stopped", report.stopped());
        text.put("input", plan.input() == null ? "-" : plan.input().toString());
        text.put("output", plan.output().toString());
        text.put("mode", plan.geometry().mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite");
        text.put("onFull", plan.waits() ? "wait" : "drop").put("writers", plan.writers());
        text.put("ctf", plan.ctf()).put("rotate", plan.rotation().toString());
        text.put("delayNanos", plan.delay().toNanos());
        text.put("subBufferSize", plan.geometry().subBufferSize());
        text.put("subBufferCount", plan.geometry().subBufferCount());
        text.put("bytesRead", report.bytesRead()).put("incompleteBytes", report.incomplete());
        putTally(text, "delivered", report.delivered());
        text.put("lostRecords", report.lostRecords()).put("nanos", report.nanos());
        text.put("checkNanos", report.checkNanos());
        text.put("check", report.wrong() == null ? "ok" : report.wrong());
        text.put("neededSubBufferSize", report.neededSubBufferSize());
        final var cpus = text.startArrayField("cpus");
        for (final Report.Cpu cpu : report.cpus()) {
            write(cpus.startObject(), report, cpu);
        }
        return cpus.end().end().finish();
    }

    private static void write(ObjectComposer<?> text, Report report, Report.Cpu cpu) throws IOException {
        final BufferStats stats = cpu.stats();
        final LossLog losses = cpu.losses();
        text.put("cpu", cpu.index());
        putTally(text, "delivered", stats.delivered());
        text.put("paddingBytes", stats.paddingBytes()).put("maxBacklog", stats.maxBacklog());
        putLosses(text, losses::lost);
        putTally(text, "overwritten", cpu.overwritten());
        text.putObject("passed", cpu.passed());
        text.putObject("files", cpu.files().stream().map(Path::toString).toList());
        text.put("lostRecords", cpu.lostRecords()).put("longestTooLargeBytes", losses.longestTooLarge());
        text.put("episodes", losses.episodes()).put("longestEpisodeBytes", losses.longestEpisodeBytes());
        text.put("longestEpisodeNanos", losses.longestEpisodeNanos());
        text.put("waits", losses.waits()).put("waitedNanos", losses.waitedNanos());
        text.put("neededSubBuffers", report.neededSubBuffers(cpu)).end();
    }

    /**
     * Puts the counters of a buffer, or of several, under the names of {@link BufferStats}.
     *
     * @param text the object to add them to
     * @param stats the counters
     * @throws IOException never: it is written to memory
     */
    public static void putStats(ObjectComposer<?> text, BufferStats stats) throws IOException {
        text.put("produced", stats.produced()).put("consumed", stats.consumed());
        text.put("backlog", stats.backlog()).put("maxBacklog", stats.maxBacklog());
        putTally(text, "pending", stats.pending());
        putTally(text, "delivered", stats.delivered());
        text.put("paddingBytes", stats.paddingBytes());
        putTally(text, "overwritten", stats.overwritten());
        putTally(text, "skipped", stats.skipped());
        putTally(text, "aborted", stats.aborted());
        putTally(text, "lost", stats.lost());
        putLosses(text, stats::lost);
    }

    private static void putLosses(ObjectComposer<?> text, Function<Loss, Tally> losses) throws IOException {
        final var causes = text.startObjectField("losses");
        for (final Loss cause : Loss.values()) {
            putTally(causes, camel(cause), losses.apply(cause));
        }
        causes.end();
    }

    private static void putTally(ObjectComposer<?> text, String name, Tally tally) throws IOException {
        text.startObjectField(name).put("subBuffers", tally.subBuffers()).put("records", tally.records())
                .put("bytes", tally.bytes()).end();
    }

    /** A constant as a field's name: {@code tooLarge}. */
    private static String camel(Loss cause) {
        final String[] words = cause.name().toLowerCase(Locale.ROOT).split("_");
        final StringBuilder camel = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            camel.append(Character.toUpperCase(words[i].charAt(0))).append(words[i], 1, words[i].length());
        }
        return camel.toString();
    }
}
