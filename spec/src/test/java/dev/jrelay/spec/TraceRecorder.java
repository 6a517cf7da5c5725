// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets the processes of a configuration run free, a thread each, and keeps a log for each thread: every step of the
 * kernel with the values that it really passed and got. There is no lock in it, and no clock orders it. In
 * front of each step a thread may be held up for a while, so that the others come in between.
 */
final class TraceRecorder implements Seam.Hook {
    /**
     * One step of one thread. It began when the thread came to it, before it may have been held up; it was made after
     * that, and has ended; all in ns, and of no use to order steps: they only tell which of them could have come in
     * another order, and in which lap a reader has found a slot.
     */
    record Event(String process, String accessor, long a, long b, long c, long d, long result, long began, long made,
            long ended) {
        boolean overlaps(Event other) {
            return began <= other.ended && other.began <= ended;
        }

        boolean is(String... names) {
            return List.of(names).contains(accessor);
        }

        @Override
        public String toString() {
            return process + "." + accessor + "(" + a + ", " + b + ", " + c + ", " + d + ") = " + result;
        }
    }

    /** Who closes a buffer asks for the handle that its owner has. */
    private static final String IN_VAIN = "claim/0";
    private static final long TIMEOUT_SECONDS = 20L;
    /** How long flush, close, pause, reset and snapshot wait before they begin, ns. */
    private static final long MAX_DELAY = 3_000_000L;
    private static final long LOOK_NANOS = 10_000L;
    private static final int MAX_EVENTS = 20_000;

    /** A process of the model. */
    private static final class Process extends Thread {
        final List<Event> log = new ArrayList<>();
        final SplittableRandom random;
        String accessor = "";
        long a;
        long b;
        long c;
        long d;
        long began;
        long made;
        /** Looks at words are no steps now. */
        boolean quiet;
        volatile Throwable failure;

        Process(String name, Runnable body, long delay, long seed, CountDownLatch start, CountDownLatch end) {
            super(() -> {
                final Process self = (Process) Thread.currentThread();
                try {
                    start.await();
                    LockSupport.parkNanos(delay);
                    body.run();
                } catch (Throwable e) {
                    self.failure = e;
                } finally {
                    end.countDown();
                }
            }, name);
            random = new SplittableRandom(seed);
            setDaemon(true);
        }
    }

    private final Kernel kernel;

    private TraceRecorder(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * One run.
     *
     * @return the logs of the processes, in no order between them
     */
    static List<List<Event>> record(ModelConstants constants, Kernel kernel, long seed) throws InterruptedException {
        kernel.reset();
        final CountDownLatch start = new CountDownLatch(1);
        final List<String> names = constants.processes();
        final List<String> lookers = names.stream()
                .filter(name -> constants.is(name, "Consumers") || constants.is(name, "Partials")).toList();
        final CountDownLatch others = new CountDownLatch(names.size() - lookers.size());
        final CountDownLatch last = new CountDownLatch(lookers.size());
        kernel.stopWhen(() -> {
            LockSupport.parkNanos(LOOK_NANOS); // between two looks, or a log is mostly looks
            return others.getCount() == 0L;
        });
        final List<Process> processes = new ArrayList<>();
        final SplittableRandom seeds = new SplittableRandom(seed);
        for (final String name : names) {
            final boolean operates = !constants.writers().contains(name) && !lookers.contains(name);
            processes.add(new Process(name, kernel.body(name), operates ? seeds.nextLong(MAX_DELAY) : 0L,
                    seeds.nextLong(), start,
                    lookers.contains(name) ? last : others));
        }
        Seam.install(new TraceRecorder(kernel));
        try {
            processes.forEach(Thread::start);
            start.countDown();
            final boolean ended = others.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    && last.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                throw new IllegalStateException("a process does not end, seed " + seed);
            }
        } finally {
            Seam.install(null);
        }
        for (final Process process : processes) {
            if (process.failure != null) {
                throw new IllegalStateException(process.getName() + " failed, seed " + seed + ": " + process.failure,
                        process.failure);
            }
        }
        return processes.stream().map(process -> process.log).toList();
    }

    @Override
    public void before(String accessor, long a, long b, long c, long d) {
        if (Thread.currentThread() instanceof Process process && !process.quiet) {
            process.accessor = accessor;
            process.a = a;
            process.b = b;
            process.c = c;
            process.d = d;
            process.began = System.nanoTime();
            stall(process.random);
            process.made = System.nanoTime();
        }
    }

    @Override
    public void after(long result) {
        if (Thread.currentThread() instanceof Process process && !process.quiet && !process.accessor.equals(IN_VAIN)) {
            if (process.log.size() == MAX_EVENTS) {
                throw new IllegalStateException("more than " + MAX_EVENTS + " steps");
            }
            process.log.add(new Event(process.getName(), process.accessor, process.a, process.b, process.c, process.d,
                    result, process.began, process.made, System.nanoTime()));
            final Seam.Abandoned end = kernel.abandon(process.getName(), process.accessor, process.a, result);
            if (end != null) {
                throw end;
            }
        }
    }

    /** The model makes one attempt at the beginning of the current sub-buffer, and then ends. */
    @Override
    public void spin() {
        if (Thread.currentThread() instanceof Process process) {
            process.quiet = true;
        }
    }

    @Override
    public void copying(byte[] source, long to, int length) {
        before("write", kernel.position(to), length, 0L, 0L);
        kernel.fill(source, to);
        after(0L);
    }

    @Override
    public void await(BooleanSupplier condition) {
        final Process process = (Process) Thread.currentThread();
        process.quiet = true;
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        process.quiet = false;
    }

    private static void stall(SplittableRandom random) {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> Thread.yield();
            case 3 -> LockSupport.parkNanos(random.nextLong(20_000L));
            case 4, 5 -> {
                for (int i = random.nextInt(500); i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
            default -> { }
        }
    }
}
