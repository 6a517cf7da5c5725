// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.HeldSubBuffers;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

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
        final Geometry geometry = plan.geometry();
        final boolean overwrites = geometry.mode() == Mode.OVERWRITE;
        return String.format(Locale.ROOT, "%d %s x %d x %s = %s, %s, %d %s, on full: %s%s", plan.buffers(),
                plan.buffers() == 1 ? "cpu" : "cpus", geometry.subBufferCount(), Sizes.text(geometry.subBufferSize()),
                Sizes.text(plan.memory()), overwrites ? "overwrite" : "no-overwrite", plan.writers(),
                plan.writers() == 1 ? "writer" : "writers",
                overwrites ? "overwrite the oldest" : plan.waits() ? "wait" : "drop the newest",
                plan.ctf() ? ", as a CTF trace" : "");
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
            final long all = stats.delivered().subBuffers() * plan.geometry().subBufferSize();
            line("%3d  %11s  %10s  %6.2f %%  %11s  %12s%s", cpu.index(), Sizes.count(stats.delivered().subBuffers()),
                    Sizes.text(stats.delivered().bytes()), all == 0L ? 0.0 : 100.0 * stats.paddingBytes() / all,
                    stats.maxBacklog() + " of " + plan.geometry().subBufferCount(), Sizes.count(cpu.lostRecords()),
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
        for (final Loss cause : Loss.values()) {
            if (lost("LOST", cpu -> cpu.losses().lost(cause), cause.words())) {
                adviseFor(cause, losers(cpu -> cpu.losses().lost(cause)));
            }
        }
        if (lost("OVERWRITTEN", Report.Cpu::overwritten, "newer records took their place")) {
            adviseCount(losers(Report.Cpu::overwritten), "kept the longest gap");
        }
        report.cpus().stream().filter(cpu -> !cpu.passed().isEmpty())
                .forEach(cpu -> line("%s", HeldSubBuffers.describe(cpu.index(), cpu.passed())));
    }

    private List<Report.Cpu> losers(Function<Report.Cpu, Tally> loss) {
        return report.cpus().stream().filter(cpu -> loss.apply(cpu).records() > 0L).toList();
    }

    /** Says what was lost for one reason; false if nothing was. */
    private boolean lost(String what, Function<Report.Cpu, Tally> loss, String why) {
        final List<Report.Cpu> losers = losers(loss);
        if (losers.isEmpty()) {
            return false;
        }
        final Tally sum = losers.stream().map(loss).reduce(Tally.ZERO, Tally::plus);
        final long all = report.delivered().records() + report.lostRecords();
        final String cpus = String.join(", ", losers.stream().map(cpu -> Integer.toString(cpu.index())).toList());
        line("%s %s of %s messages (%s %%), %s, on %s %s: %s", what, Sizes.count(sum.records()), Sizes.count(all),
                percent(100.0 * sum.records() / all), Sizes.text(sum.bytes()), losers.size() == 1 ? "cpu" : "cpus",
                cpus, why);
        return true;
    }

    private static String percent(double value) {
        return value < 0.001 ? "below 0.001" : String.format(Locale.ROOT, "%.3f", value);
    }

    private void adviseFor(Loss cause, List<Report.Cpu> losers) {
        if (cause != Loss.TOO_LARGE) {
            adviseCount(losers, "held the longest episode");
            return;
        }
        final long longest = losers.stream().mapToLong(cpu -> cpu.losses().longestTooLarge()).max().orElseThrow();
        final long needed = report.neededSubBufferSize();
        line("the longest has %s bytes%s, the limit is %s (-b %s); %s", Sizes.count(longest),
                plan.ctf() ? " with the header of its event" : "",
                Sizes.count(plan.geometry().subBufferSize()), Sizes.option(plan.geometry().subBufferSize()),
                needed <= 1L << 30 ? "-b " + Sizes.option(needed) + " would have held it" : "no -b holds that: 1G is "
                        + "the largest");
    }

    private void adviseCount(List<Report.Cpu> losers, String effect) {
        final long needed = losers.stream().mapToLong(report::neededSubBuffers).max().orElseThrow();
        long bytes = 0L;
        for (final Report.Cpu cpu : losers) {
            bytes = Math.max(bytes, Math.max(cpu.losses().longestEpisodeBytes(),
                    cpu.longestGap() * cpu.usableBytes(plan.geometry().subBufferSize())));
        }
        if (needed <= 1L << 20) {
            line("-n %d would have %s (%s)%s", needed, effect, Sizes.text(bytes),
                    plan.geometry().mode() == Mode.OVERWRITE ? ""
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
        final int files = report.cpus().stream().mapToInt(cpu -> cpu.files().size()).sum();
        line("check: %s messages, %s, read again from %s %s in %s: %s", Sizes.count(report.delivered().records()),
                Sizes.text(report.delivered().bytes()), Sizes.count(files), files == 1 ? "file" : "files",
                Times.text(report.checkNanos()), whole
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
        line("relayed %s to %s in %s, %s%s%s", Sizes.text(report.delivered().bytes()), plan.output(),
                Times.text(report.nanos()), Rates.text(report.delivered().bytes(), report.nanos()),
                waits == 0L ? "" : "; writers waited " + Sizes.count(waits) + (waits == 1L ? " time" : " times")
                        + " for room, " + Times.text(waited), report.stopped() ? "; stopped" : "");
    }

    private void line(String format, Object... values) {
        out.accept(String.format(Locale.ROOT, format, values));
    }
}
