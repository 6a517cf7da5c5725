// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;

/**
 * The check at the end of a run: what came out is what went in, minus exactly what was reported lost.
 *
 * <pre>
 * bytes read      = bytes accepted + bytes lost                                     the input was cut without a rest
 * lost, kernel    = lost, reported + attempts that writers repeated                 for each cause, records and bytes
 * accepted        = delivered + overwritten + skipped                               records and bytes, each CPU
 * delivered       = the records in the output files, digest by digest               {@link OutputCheck}
 * not delivered   = overwritten + skipped, and nothing of it in no-overwrite mode   from the ledger's entries
 * </pre>
 *
 * <p>The left sides come from the reader, the kernel's counters and the writers' {@link Ledger}, the right sides from
 * the writers, the kernel's counters and the files.
 */
final class Check {
    private final RecordPlan plan;
    private final RecordHash.Key key;
    private final Ledger[] ledgers;
    private final List<Report.Cpu> cpus;

    Check(RecordPlan plan, RecordHash.Key key, Ledger[] ledgers, List<Report.Cpu> cpus) {
        this.plan = plan;
        this.key = key;
        this.ledgers = ledgers;
        this.cpus = cpus;
    }

    /**
     * Runs the check, files in parallel.
     *
     * @param deliveries what the consumer says it has written, for each buffer
     * @param bytesCut bytes of the input that were cut into records
     * @return null if all is well, else the first thing that is wrong
     */
    String run(IntFunction<Deliveries> deliveries, long bytesCut) throws IOException, InterruptedException {
        final OutputCheck[] files = new OutputCheck[ledgers.length];
        final List<FutureTask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            files[i] = new OutputCheck(reader(cpus.get(i)), ledgers[i], deliveries.apply(i),
                    cpus.get(i).losses().lost().records(), plan.geometry(), key);
            final FutureTask<String> task = new FutureTask<>(files[i]::run);
            tasks.add(task);
            Thread.ofPlatform().daemon().name("check-" + i).start(task);
        }
        String wrong = null;
        for (final FutureTask<String> task : tasks) {
            final String found = await(task);
            wrong = wrong == null ? found : wrong;
        }
        long accounted = 0L;
        for (int i = 0; i < files.length && wrong == null; i++) {
            wrong = compare(cpus.get(i), files[i]);
            accounted += ledgers[i].inputBytes() + cpus.get(i).losses().inputBytes();
        }
        return wrong == null ? expect("bytes read", bytesCut, "bytes accepted or lost", accounted) : wrong;
    }

    private OutputReader reader(Report.Cpu cpu) throws IOException {
        if (cpu.files().isEmpty()) {
            throw new IOException(OutputFiles.file(plan.output(), cpu.index())
                    + ": is gone; output can be put away when it is checked");
        }
        return plan.ctf() ? new TraceReader(cpu.files(), cpu.index(), plan.geometry().subBufferSize())
                : new PlainReader(cpu.files(), plan.format());
    }

    private static String await(FutureTask<String> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(failed.getCause());
        }
    }

    private String compare(Report.Cpu cpu, OutputCheck file) {
        final BufferStats stats = cpu.stats();
        final String name = "cpu " + cpu.index() + ": ";
        final Tally undelivered = cpu.overwritten();
        String wrong = compareLosses(cpu, name);
        wrong = first(wrong, name + "records in the file", file.records(), "delivered", stats.delivered().records());
        wrong = first(wrong, name + "bytes in the file", file.bytes(), "delivered", stats.delivered().bytes());
        wrong = first(wrong, name + "records accepted and not in the file", file.missingRecords(),
                "overwritten or skipped", undelivered.records());
        wrong = first(wrong, name + "bytes accepted and not in the file", file.missingBytes(),
                "overwritten or skipped", undelivered.bytes());
        wrong = first(wrong, name + "records pending or aborted",
                stats.pending().records() + stats.aborted().records(), "expected", 0L);
        return plan.geometry().mode() == Mode.OVERWRITE ? wrong
                : first(wrong, name + "records overwritten or skipped", undelivered.records(), "expected", 0L);
    }

    private static String compareLosses(Report.Cpu cpu, String name) {
        final LossLog losses = cpu.losses();
        String wrong = null;
        for (final Loss cause : Loss.values()) {
            final String what = name + cause + " ";
            final Tally kernel = cpu.stats().lost(cause);
            final Tally books = losses.lost(cause).plus(losses.retried(cause));
            final long beyond = cause == Loss.TOO_LARGE ? losses.beyondKernel() : 0L;
            wrong = first(wrong, what + "records in the kernel", kernel.records(), "lost or repeated",
                    books.records());
            wrong = first(wrong, what + "bytes in the kernel", kernel.bytes() + beyond, "lost or repeated",
                    books.bytes());
        }
        return wrong;
    }

    private static String first(String wrong, String left, long leftCount, String right, long rightCount) {
        return wrong == null ? expect(left, leftCount, right, rightCount) : wrong;
    }

    private static String expect(String left, long leftCount, String right, long rightCount) {
        return leftCount == rightCount ? null : left + ": " + leftCount + ", but " + right + ": " + rightCount;
    }
}
