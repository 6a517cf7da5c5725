// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import java.util.List;
import java.util.Locale;

/**
 * All that a run of {@code relay size} found out, as far as it got; what is missing is null.
 *
 * @param load of one buffer
 * @param buffers of the channel
 * @param machine what things cost
 * @param candidates those that meet the target, cheapest first
 * @param independent what the best one would lose if stalls knew nothing of bursts; NaN where there are none
 * @param host what fewer buffers would need, or null
 * @param hosts machines like this one
 * @param discarded records that are missing in the recording of the load, by its own account
 * @param cheaper the best one made a quarter smaller
 * @param cheaperLoss what that loses
 * @param trial the best one on the real channel
 * @param trialSeconds how long that ran
 * @param chance the loss that 95 % of simulated runs of this length stay within
 * @param partial why the run did not get to its end, or null
 */
record Result(Load load, int buffers, Machine machine, List<Search.Candidate> candidates, double independent,
        List<HostView.Row> host, int hosts, long discarded, Search.Candidate cheaper, double cheaperLoss, Outcome trial,
        double trialSeconds, double chance, String partial) {
    Search.Candidate best() {
        return candidates.getFirst();
    }

    /** Whether the real channel did as was asked, as far as a run of this length can tell. */
    boolean holds() {
        return trial != null && trial.loss() <= Math.max(load.loss(), chance);
    }

    /** The same in words. */
    String verdict() {
        if (!holds()) {
            return "the target DOES NOT HOLD";
        }
        return trial.loss() <= load.loss() ? "the target holds" : "more than the target, but 95 % of runs so short "
                + "lose up to " + Shares.text(chance);
    }

    /** The recommendation, one line. */
    String line() {
        if (candidates == null || candidates.isEmpty()) {
            return "no recommendation: " + partial;
        }
        final Search.Candidate best = best();
        final double memory = best.memory() * (double) buffers;
        return String.format(Locale.ROOT, "%s: %d sub-buffers of %s for each of %d buffers, %s in all%s%s", best,
                best.count(), Sizes.text(best.size()), buffers, Sizes.text(memory),
                hosts == 1 ? "" : ", " + Sizes.text(memory * hosts) + " on " + hosts + " hosts",
                partial == null ? "" : " (partial result: " + partial + ")");
    }

    /** Which requirement sets the size. */
    String binding() {
        final Formula.Bound least = Formula.least(load, machine);
        final Formula.Bound most = Formula.most(load);
        if (best().size() <= least.bytes()) {
            return least.why();
        }
        return best().size() >= most.bytes() ? most.why() : "a loss of " + Shares.text(load.loss())
                + " at most over stalls: " + load.stalls();
    }

    /** Sub-buffers never used in the trial, as a share of all. */
    double headroom() {
        return 1.0 - (double) trial.maxBacklog / best().count();
    }
}
