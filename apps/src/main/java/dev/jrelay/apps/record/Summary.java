// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The end of a run as text for people. */
public final class Summary {
    private final Report report;
    private final RecordPlan plan;
    private final Consumer<String> out;

    private Summary(Report report, Consumer<String> out) {
        this.report = report;
        this.plan = report.plan();
        this.out = out;
    }

    /**
     * What is about to happen: effective values and total memory.
     *
     * @param plan the run
     * @return one line
     */
    public static String start(RecordPlan plan) {
        return String.format(Locale.ROOT, "%d %s x %d x %s = %s, %s, %d %s, on full: %s", plan.buffers(),
                plan.buffers() == 1 ? "cpu" : "cpus", plan.subBufferCount(), Sizes.text(plan.subBufferSize()),
                Sizes.text(plan.memory()), plan.mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite",
                plan.writers(), plan.writers() == 1 ? "writer" : "writers",
                plan.mode() == Mode.OVERWRITE ? "overwrite the oldest" : plan.waits() ? "wait" : "drop the newest");
    }

    /**
     * Prints all of it.
     *
     * @param report the outcome
     * @param out takes the lines
     */
    public static void print(Report report, Consumer<String> out) {
        final Summary summary = new Summary(report, out);
        summary.table();
        summary.losses();
        summary.check();
        summary.total();
    }

    /**
     * Prints what was lost and what is wrong; nothing if all is well.
     *
     * @param report the outcome
     * @param out takes the lines
     */
    public static void printProblems(Report report, Consumer<String> out) {
        final Summary summary = new Summary(report, out);
        summary.losses();
        if (!report.isOk()) {
            summary.check();
        }
    }

    private void table() {
        line("%3s  %11s  %10s  %8s  %11s  %12s", "cpu", "sub-buffers", "bytes", "padding", "max backlog", "lost");
        for (final Report.Cpu cpu : report.cpus()) {
            final BufferStats stats = cpu.stats();
            final long all = stats.deliveredSubBuffers() * plan.subBufferSize();
            line("%3d  %11s  %10s  %6.2f %%  %11s  %12s%s", cpu.index(), Sizes.count(stats.deliveredSubBuffers()),
                    Sizes.text(stats.deliveredBytes()), all == 0L ? 0.0 : 100.0 * stats.paddingBytes() / all,
                    stats.maxBacklog() + " of " + plan.subBufferCount(), Sizes.count(cpu.lostRecords()),
                    episodes(cpu));
        }
    }

    private static String episodes(Report.Cpu cpu) {
        final LossLog losses = cpu.losses();
        return losses.episodes() == 0L ? "" : String.format(Locale.ROOT, "   (%s %s, longest %s)",
                Sizes.count(losses.episodes()), losses.episodes() == 1L ? "episode" : "episodes",
                Times.text(losses.longestEpisodeNanos()));
    }

    private void losses() {
        for (long cause = Result.FULL; cause >= Result.CLOSED; cause--) {
            final long each = cause;
            final List<Report.Cpu> losers = report.cpus().stream()
                    .filter(cpu -> cpu.losses().lostRecords(each) > 0L).toList();
            if (!losers.isEmpty()) {
                final long count = losers.stream().mapToLong(cpu -> cpu.losses().lostRecords(each)).sum();
                final long bytes = losers.stream().mapToLong(cpu -> cpu.losses().lostBytes(each)).sum();
                lost("LOST", count, bytes, losers, Report.words(cause));
                adviseFor(cause, losers);
            }
        }
        final List<Report.Cpu> losers = report.cpus().stream().filter(cpu -> cpu.overwrittenRecords() > 0L).toList();
        if (!losers.isEmpty()) {
            final long count = losers.stream().mapToLong(Report.Cpu::overwrittenRecords).sum();
            final long bytes = losers.stream()
                    .mapToLong(cpu -> cpu.stats().overwrittenBytes() + cpu.stats().skippedBytes()).sum();
            lost("OVERWRITTEN", count, bytes, losers, "newer records took their place");
            adviseCount(losers, "kept the longest gap");
        }
    }

    private void lost(String what, long count, long bytes, List<Report.Cpu> losers, String why) {
        final long all = report.deliveredRecords() + report.lostRecords();
        final String cpus = String.join(", ", losers.stream().map(cpu -> Integer.toString(cpu.index())).toList());
        line("%s %s of %s messages (%s %%), %s, on %s %s: %s", what, Sizes.count(count), Sizes.count(all),
                percent(100.0 * count / all), Sizes.text(bytes), losers.size() == 1 ? "cpu" : "cpus", cpus, why);
    }

    private static String percent(double value) {
        return value < 0.001 ? "below 0.001" : String.format(Locale.ROOT, "%.3f", value);
    }

    private void adviseFor(long cause, List<Report.Cpu> losers) {
        if (cause != Result.TOO_LARGE) {
            adviseCount(losers, "held the longest episode");
            return;
        }
        final long longest = losers.stream().mapToLong(cpu -> cpu.losses().longestTooLarge()).max().orElseThrow();
        final long needed = report.neededSubBufferSize();
        line("the longest has %s bytes, the limit is %s (-b %s); %s", Sizes.count(longest),
                Sizes.count(plan.subBufferSize()), Sizes.option(plan.subBufferSize()),
                needed <= 1L << 30 ? "-b " + Sizes.option(needed) + " would have held it" : "no -b holds that: 1G is "
                        + "the largest");
    }

    private void adviseCount(List<Report.Cpu> losers, String effect) {
        final long needed = losers.stream().mapToLong(report::neededSubBuffers).max().orElseThrow();
        long bytes = 0L;
        for (final Report.Cpu cpu : losers) {
            bytes = Math.max(bytes, Math.max(cpu.losses().longestEpisodeBytes(),
                    cpu.longestGap() * cpu.usableBytes(plan.subBufferSize())));
        }
        if (needed <= 1L << 20) {
            line("-n %d would have %s (%s)%s", needed, effect, Sizes.text(bytes), plan.mode() == Mode.OVERWRITE ? ""
                    : "; --on-full=wait loses nothing where the input can wait");
        } else {
            line("no -n would have %s (%s): use a larger -b", effect, Sizes.text(bytes));
        }
    }

    private void check() {
        if (report.incomplete() > 0L) {
            line("INPUT INCOMPLETE: it ends within a record, of which %s bytes are there; they were not recorded",
                    Sizes.count(report.incomplete()));
        }
        if (report.wrong() != null) {
            line("check FAILED: %s", report.wrong());
            return;
        }
        final boolean whole = report.lostRecords() == 0L;
        line("check: %s messages, %s, read again from the files in %s: %s", Sizes.count(report.deliveredRecords()),
                Sizes.text(report.deliveredBytes()), Times.text(report.checkNanos()), whole
                        ? "exactly what was written, each in its place"
                        : "exactly what was written minus what is reported lost, each in its place");
    }

    private void total() {
        long waits = 0L;
        long waited = 0L;
        for (final Report.Cpu cpu : report.cpus()) {
            waits += cpu.losses().waits();
            waited += cpu.losses().waitedNanos();
        }
        line("relayed %s to %s in %s, %s%s%s", Sizes.text(report.deliveredBytes()), plan.output(),
                Times.text(report.nanos()), Rates.text(report.deliveredBytes(), report.nanos()),
                waits == 0L ? "" : "; writers waited " + Sizes.count(waits) + (waits == 1L ? " time" : " times")
                        + " for room, " + Times.text(waited), report.stopped() ? "; stopped" : "");
    }

    private void line(String format, Object... values) {
        out.accept(String.format(Locale.ROOT, format, values));
    }
}
