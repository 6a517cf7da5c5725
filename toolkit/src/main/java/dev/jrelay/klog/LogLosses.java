// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a log has lost since it was last asked, in words: each loss is told once, and the sums are exact. */
final class LogLosses {
    private final Klog klog;
    private final Map<Loss, Tally> told = new EnumMap<>(Loss.class);
    private Tally skipped = Tally.ZERO;
    private long cut;
    private long failed;

    LogLosses(Klog klog) {
        this.klog = klog;
    }

    /** A channel begins, with all its counters at 0. */
    void restart() {
        told.clear();
        skipped = Tally.ZERO;
    }

    /**
     * What is new. In overwrite mode it is no loss that old events make room for new ones.
     *
     * @param stats the channel's counters
     * @return a line for each cause
     */
    List<String> news(BufferStats stats, Mode mode) {
        final List<String> lines = new ArrayList<>();
        stats.losses().forEach((cause, now) -> {
            add(lines, "LOST", now.minus(told.getOrDefault(cause, Tally.ZERO)), cause.words(), now);
            told.put(cause, now);
        });
        if (mode == Mode.NO_OVERWRITE) {
            add(lines, "PASSED", stats.skipped().minus(skipped), "a write in their sub-buffer was not finished",
                    stats.skipped());
            skipped = stats.skipped();
        }
        failed = add(lines, "FAILED", failed, klog.failureCount(),
                "something threw while they were formatted or written");
        cut = add(lines, "CUT", cut, klog.truncatedCount(), "longer than maxEvent or a sub-buffer allows");
        return lines;
    }

    private static void add(List<String> lines, String what, Tally news, String why, Tally inAll) {
        if (news.records() > 0L) {
            lines.add(String.format(Locale.ROOT, "%s %,d events (%,d bytes): %s; %,d in all", what, news.records(),
                    news.bytes(), why, inAll.records()));
        }
    }

    private static long add(List<String> lines, String what, long before, long now, String why) {
        if (now > before) {
            lines.add(String.format(Locale.ROOT, "%s %,d events: %s; %,d in all", what, now - before, why, now));
        }
        return now;
    }
}
