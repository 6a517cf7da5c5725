// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.comp.ObjectComposer;
import dev.jrelay.BufferStats;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import java.io.IOException;
import java.util.Locale;

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
        text.put("mode", plan.mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite");
        text.put("onFull", plan.waits() ? "wait" : "drop").put("writers", plan.writers());
        text.put("subBufferSize", plan.subBufferSize()).put("subBufferCount", plan.subBufferCount());
        text.put("bytesRead", report.bytesRead()).put("incompleteBytes", report.incomplete());
        text.put("deliveredRecords", report.deliveredRecords()).put("deliveredBytes", report.deliveredBytes());
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
        text.put("cpu", cpu.index()).put("subBuffers", stats.deliveredSubBuffers());
        text.put("records", stats.deliveredRecords()).put("bytes", stats.deliveredBytes());
        text.put("paddingBytes", stats.paddingBytes()).put("maxBacklog", stats.maxBacklog());
        for (long cause = Result.FULL; cause >= Result.CLOSED; cause--) {
            if (losses.lostRecords(cause) > 0L) {
                final String name = camel("lost", Result.name(cause));
                text.put(name + "Records", losses.lostRecords(cause)).put(name + "Bytes", losses.lostBytes(cause));
            }
        }
        text.put("lostRecords", cpu.lostRecords()).put("longestTooLargeBytes", losses.longestTooLarge());
        text.put("overwrittenSubBuffers", stats.overwrittenSubBuffers() + stats.skippedSubBuffers());
        text.put("overwrittenRecords", cpu.overwrittenRecords());
        text.put("overwrittenBytes", stats.overwrittenBytes() + stats.skippedBytes());
        text.put("episodes", losses.episodes()).put("longestEpisodeBytes", losses.longestEpisodeBytes());
        text.put("longestEpisodeNanos", losses.longestEpisodeNanos());
        text.put("waits", losses.waits()).put("waitedNanos", losses.waitedNanos());
        text.put("neededSubBuffers", report.neededSubBuffers(cpu)).end();
    }

    /**
     * A constant as a field's name.
     *
     * @param prefix put in front; may be empty
     * @param constant for instance {@code TOO_LARGE}
     * @return for instance {@code lostTooLarge}, or {@code tooLarge} without a prefix
     */
    public static String camel(String prefix, String constant) {
        final StringBuilder camel = new StringBuilder(prefix);
        for (final String word : constant.toLowerCase(Locale.ROOT).split("_")) {
            camel.append(camel.isEmpty() ? word.charAt(0) : Character.toUpperCase(word.charAt(0)))
                    .append(word, 1, word.length());
        }
        return camel.toString();
    }
}
