// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.bench.CpuSelection;
import dev.jrelay.bench.SwitchCost;
import dev.jrelay.bench.WakeUp;
import dev.jrelay.units.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures a {@link Machine} with JMH, each part in a JVM of its own. */
final class Machines {
    private static final int STANDARD = 65_536;
    private static final int LEAST_MESSAGES = 4;
    /** Between two looks for a pause, ns. */
    private static final long NAP = 1_000_000L;

    private final int forks;
    private final int iterations;
    private final int millis;
    private final List<Integer> subBufferSizes;
    private final Consumer<String> progress;

    /**
     * How it is measured.
     *
     * @param forks JVMs for each number; 0 for this one, which is for tests
     * @param millis of each iteration
     * @param subBufferSizes at which a message's cost is measured, bytes
     */
    Machines(int forks, int iterations, int millis, List<Integer> subBufferSizes, Consumer<String> progress) {
        this.forks = forks;
        this.iterations = iterations;
        this.millis = millis;
        this.subBufferSizes = subBufferSizes;
        this.progress = progress;
    }

    /** Measures; {@code length} is the mean length of messages, bytes. */
    Machine measure(int length) throws RunnerException {
        final List<RunResult> writes = new ArrayList<>();
        for (final int size : subBufferSizes) {
            if (size / LEAST_MESSAGES >= length || size == subBufferSizes.getLast()) {
                progress.accept("calibrating: writes, sub-buffers of " + Sizes.text(size));
                writes.add(run(SwitchCost.class, "write", "size", length, "subBufferSize", size));
            }
        }
        progress.accept("calibrating: switch, wake-up, drain, first touch");
        final double onSwitch = score(run(SwitchCost.class, "switching", "subBufferSize", STANDARD));
        final double drain = score(run(Calibration.class, "drain", "subBufferSize", STANDARD));
        final double touch = score(run(Calibration.class, "touch", "subBufferSize", STANDARD));
        final double asleep = median(run(WakeUp.class, "deliver", "consumer", "sleeping"));
        final double absent = median(run(WakeUp.class, "deliver", "consumer", "none"));
        final List<Machine.Point> points = writes.stream().map(result -> new Machine.Point(
                Integer.parseInt(result.getParams().getParam("subBufferSize")), score(result),
                error(result))).toList();
        final double write = points.stream().mapToDouble(point -> point.nanos() - onSwitch * length
                / point.subBufferSize()).average().orElseThrow();
        return new Machine(Math.max(write, 1.0), onSwitch, Math.max(0.0, asleep - absent),
                STANDARD / Math.max(drain - onSwitch, 1.0) * Load.SECOND, touch / Calibration.PAGES,
                pause(), points, sharing());
    }

    /** What a message costs each of several threads that write into one buffer. */
    private SortedMap<Integer, Double> sharing() throws RunnerException {
        final SortedMap<Integer, Double> costs = HostView.counts(Runtime.getRuntime().availableProcessors());
        for (final int writers : costs.keySet()) {
            progress.accept("calibrating: " + writers + (writers == 1 ? " writer" : " writers") + " on one buffer");
            costs.put(writers, score(run(writers, CpuSelection.class, "write", "selector", "fixed")));
        }
        return costs;
    }

    /** The longest that one of two busy threads, one spinning and one sleeping for short times, was not run, ns. */
    private double pause() {
        progress.accept("calibrating: pauses");
        final long until = System.nanoTime() + (long) Machine.PAUSE_EVERY * Math.max(1, forks);
        final AtomicLong longest = new AtomicLong();
        final Thread sleeper = Thread.ofPlatform().start(() -> {
            for (long before = System.nanoTime(); before < until;) {
                LockSupport.parkNanos(NAP);
                final long now = System.nanoTime();
                longest.accumulateAndGet(now - before - NAP, Math::max);
                before = now;
            }
        });
        for (long before = System.nanoTime(); before < until;) {
            final long now = System.nanoTime();
            if (now - before > NAP / 100L) {
                longest.accumulateAndGet(now - before, Math::max);
            }
            before = now;
        }
        try {
            sleeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return longest.get();
    }

    private RunResult run(Class<?> type, String method, Object... parameters) throws RunnerException {
        return run(1, type, method, parameters);
    }

    private RunResult run(int threads, Class<?> type, String method, Object... parameters) throws RunnerException {
        final var options = new OptionsBuilder().include(type.getName().replace(".", "\\.") + "\\." + method + "$")
                .forks(forks).threads(threads).warmupIterations(1).measurementIterations(iterations)
                .warmupTime(TimeValue.milliseconds(millis)).measurementTime(TimeValue.milliseconds(millis))
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true)
                .jvmArgs("-XX:+UseParallelGC", "-Xms256m", "-Xmx256m", "--sun-misc-unsafe-memory-access=allow");
        for (int i = 0; i < parameters.length; i += 2) {
            options.param((String) parameters[i], parameters[i + 1].toString());
        }
        return new Runner(options.build()).run().iterator().next();
    }

    private static double score(RunResult result) {
        return result.getPrimaryResult().getScore();
    }

    private static double error(RunResult result) {
        final double error = result.getPrimaryResult().getScoreError();
        return Double.isNaN(error) ? 0.0 : error;
    }

    private static double median(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(50.0);
    }
}
