// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the cheapest sub-buffers for a load. For each count the formula gives a size; it is simulated, and made
 * smaller while the simulated loss, with its upper confidence bound, still meets the
 * target, or larger until it does.
 */
final class Search {
    /** Counts that are tried; the kernel wants powers of two, and 2 leaves half of the memory to the consumer. */
    static final int[] COUNTS = {2, 4, 8, 16, 32, 64, 128, 256};

    /** Between two sizes of which one is enough and one is not, at most, as a share. */
    private static final double PRECISION = 1.03;

    private final Load load;
    private final Machine machine;
    private final Effort effort;
    private final long seed;
    private final Consumer<String> progress;

    /**
     * How much is simulated.
     *
     * @param seeds simulations for each configuration
     * @param messages of each, about
     * @param stalls of each, at least
     */
    record Effort(int seeds, double messages, int stalls) {
        /** Seconds of simulated time for one seed. */
        double seconds(Load load) {
            final double forMessages = messages / load.messagesPerSecond();
            final double forStalls = load.stalls().kind() == Stalls.Kind.NONE ? 0.0
                    : stalls * load.stalls().period() / Load.SECOND;
            return Math.min(Math.max(forMessages, forStalls), 50.0 * messages / load.messagesPerSecond());
        }

        /** The same of a run that leaves out what is far from stalls. */
        double briefSeconds(Load load) {
            return load.stalls().kind() == Stalls.Kind.NONE ? messages / load.messagesPerSecond()
                    : stalls * load.stalls().period() / Load.SECOND;
        }

        /** Stalls to be seen before a configuration is said to do: more where they differ. */
        int stallsAtLeast(Stalls which) {
            return stalls * (which.isFixed() ? 10 : 200);
        }

        /** Messages that are simulated for one configuration, about, though it is not clear whether it does. */
        double messagesAtMost() {
            return 30.0 * messages;
        }
    }

    /**
     * Sub-buffers that could do.
     *
     * @param size of one, bytes
     * @param count of them
     * @param estimate what the simulation says of their losses; null if none was made
     * @param formulaSize the size that the formula asks for, bytes
     * @param detail padding, latencies and backlog of a full simulation; null if none was made
     */
    record Candidate(long size, int count, Estimate estimate, long formulaSize, Outcome detail) {
        /** One that nothing was simulated for. */
        Candidate(long size, int count) {
            this(size, count, null, size, null);
        }

        long memory() {
            return size * count;
        }

        @Override
        public String toString() {
            return "-b " + Sizes.option(size) + " -n " + count;
        }
    }

    Search(Load load, Machine machine, Effort effort, long seed, Consumer<String> progress) {
        this.load = load;
        this.machine = machine;
        this.effort = effort;
        this.seed = seed;
        this.progress = progress;
    }

    /**
     * The candidates that meet the target, cheapest first.
     *
     * @throws IllegalArgumentException if none does, with the reason
     */
    List<Candidate> run() {
        final Formula.Bound least = Formula.least(load, machine);
        final Formula.Bound most = Formula.most(load);
        if (least.bytes() > most.bytes()) {
            throw new IllegalArgumentException("a sub-buffer must have " + Sizes.text(least.bytes())
                    + " or more (" + least.why() + ") and "
                    + Sizes.text(most.bytes()) + " or less (" + most.why() + ")");
        }
        final List<Candidate> byFormula = new ArrayList<>();
        for (final int count : COUNTS) {
            final long size = Formula.size(load, count, least.bytes(), most.bytes());
            byFormula.add(new Candidate(size, count));
        }
        byFormula.sort(Comparator.comparingLong(Candidate::memory).thenComparingInt(Candidate::count));
        final List<Candidate> found = new ArrayList<>();
        long budget = load.memory();
        for (final Candidate candidate : byFormula) {
            progress.accept("simulating " + candidate.count + " sub-buffers");
            final Candidate cheapest = cheapest(candidate.count, candidate.size, least.bytes(),
                    Math.min(most.bytes(), budget / candidate.count));
            if (cheapest != null) {
                found.add(cheapest);
                budget = cheapest.memory() - 1L; // the others are of interest only if they need less
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no sub-buffers of at most " + Sizes.text(most.bytes()) + " ("
                    + most.why() + ") lose " + Shares.text(load.loss()) + " or less; the formula asks for "
                    + byFormula.getFirst() + ", " + Sizes.text(byFormula.getFirst().memory()));
        }
        found.sort(Comparator.comparingLong(Candidate::memory).thenComparingInt(Candidate::count));
        return found.stream().map(this::detailed).toList();
    }

    private Candidate detailed(Candidate found) {
        return new Candidate(found.size, found.count, found.estimate, found.formulaSize,
                Estimate.detail(load, found.size, found.count, seed, effort));
    }

    /** The smallest size of {@code count} sub-buffers that meets the target; null if none up to {@code most} does. */
    Candidate cheapest(int count, long start, long least, long most) {
        final long top = Formula.floor(most);
        if (top < least) {
            return null;
        }
        long enough = -1L;
        Estimate estimate = null;
        long tooSmall = least - Formula.STEP;
        long size = Math.clamp(start, least, top);
        for (;;) {
            final Estimate tried = estimate(size, count);
            if (tried.meets(load)) {
                enough = size;
                estimate = tried;
            } else {
                tooSmall = Math.max(tooSmall, size);
                if (size == top) {
                    return enough < 0L ? null : new Candidate(enough, count, estimate, start, null);
                }
            }
            if (enough >= 0L && (enough - tooSmall <= Formula.STEP || enough <= tooSmall * PRECISION)) {
                return new Candidate(enough, count, estimate, start, null);
            }
            final double next = enough < 0L ? tooSmall * 1.5 : (enough + tooSmall) / 2.0;
            size = Math.clamp(enough < 0L ? Formula.ceiling(next) : Formula.floor(next), least, top);
            if (size == enough) {
                return new Candidate(enough, count, estimate, start, null);
            }
            size = Math.max(size, tooSmall + Formula.STEP);
        }
    }

    /** Whether it meets the target; it says no more of losses than is needed for that. */
    Estimate estimate(long size, int count) {
        return Estimate.decide(load, size, count, seed, effort);
    }

    /** What it loses. */
    double loss(long size, int count) {
        return Estimate.loss(load, size, count, seed, effort, false).loss();
    }

    /** What it would lose if stalls knew nothing of bursts. */
    double independentLoss(Candidate candidate) {
        return Estimate.loss(load, candidate.size, candidate.count, seed, effort, true).loss();
    }
}
