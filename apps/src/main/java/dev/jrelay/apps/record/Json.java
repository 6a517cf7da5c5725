// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import java.util.Locale;

/** The outcome of a run as one JSON object: bytes, ns and counts as plain numbers. */
public final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    private Json() {
    }

    /**
     * Writes a report.
     *
     * @param report the outcome
     * @param exitCode what the process is about to return
     * @return the object, on several lines
     */
    public static String of(Report report, int exitCode) {
        final RecordPlan plan = report.plan();
        final Json json = new Json();
        json.open('{');
        json.field("ok", report.isOk()).field("exit", exitCode).field("stopped", report.stopped());
        json.field("input", plan.input() == null ? "-" : plan.input().toString());
        json.field("output", plan.output().toString());
        json.field("mode", plan.mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite");
        json.field("onFull", plan.waits() ? "wait" : "drop").field("writers", plan.writers());
        json.field("subBufferSize", plan.subBufferSize()).field("subBufferCount", plan.subBufferCount());
        json.field("bytesRead", report.bytesRead()).field("incompleteBytes", report.incomplete());
        json.field("deliveredRecords", report.deliveredRecords()).field("deliveredBytes", report.deliveredBytes());
        json.field("lostRecords", report.lostRecords()).field("nanos", report.nanos());
        json.field("checkNanos", report.checkNanos());
        json.field("check", report.wrong() == null ? "ok" : report.wrong());
        json.field("neededSubBufferSize", report.neededSubBufferSize());
        json.name("cpus").open('[');
        report.cpus().forEach(cpu -> json.cpu(report, cpu));
        json.close(']');
        json.close('}');
        return json.text.toString();
    }

    private void cpu(Report report, Report.Cpu cpu) {
        final BufferStats stats = cpu.stats();
        final LossLog losses = cpu.losses();
        element().open('{');
        field("cpu", cpu.index()).field("subBuffers", stats.deliveredSubBuffers());
        field("records", stats.deliveredRecords()).field("bytes", stats.deliveredBytes());
        field("paddingBytes", stats.paddingBytes()).field("maxBacklog", stats.maxBacklog());
        for (long cause = Result.FULL; cause >= Result.CLOSED; cause--) {
            if (losses.lostRecords(cause) > 0L) {
                final String name = "lost" + camel(Result.name(cause));
                field(name + "Records", losses.lostRecords(cause)).field(name + "Bytes", losses.lostBytes(cause));
            }
        }
        field("lostRecords", cpu.lostRecords()).field("longestTooLargeBytes", losses.longestTooLarge());
        field("overwrittenSubBuffers", stats.overwrittenSubBuffers() + stats.skippedSubBuffers());
        field("overwrittenRecords", cpu.overwrittenRecords());
        field("overwrittenBytes", stats.overwrittenBytes() + stats.skippedBytes());
        field("episodes", losses.episodes()).field("longestEpisodeBytes", losses.longestEpisodeBytes());
        field("longestEpisodeNanos", losses.longestEpisodeNanos());
        field("waits", losses.waits()).field("waitedNanos", losses.waitedNanos());
        field("neededSubBuffers", report.neededSubBuffers(cpu));
        close('}');
    }

    /** {@code TOO_LARGE} as {@code TooLarge}. */
    private static String camel(String constant) {
        final StringBuilder camel = new StringBuilder();
        for (final String word : constant.split("_")) {
            camel.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return camel.toString();
    }

    private Json element() {
        if (!first) {
            text.append(',');
        }
        first = false;
        text.append('\n');
        return this;
    }

    private Json name(String name) {
        element();
        string(name);
        text.append(": ");
        return this;
    }

    private Json field(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    private Json field(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    private Json field(String name, String value) {
        name(name);
        string(value);
        return this;
    }

    private void open(char bracket) {
        text.append(bracket);
        first = true;
    }

    private void close(char bracket) {
        text.append('\n').append(bracket);
        first = false;
    }

    private void string(String value) {
        text.append('"');
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c < ' ') {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        text.append('"');
    }
}
