// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.relayapp.Tail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Of many lines the last ones by time, and of those of the same time the ones that came last. No others are kept. */
final class LastLines {
    private static final Comparator<Numbered> BY_TIME =
            Comparator.<Numbered>comparingLong(line -> line.line().timestamp()).thenComparingLong(Numbered::number);

    private final int count;
    private final PriorityQueue<Numbered> lines = new PriorityQueue<>(BY_TIME);
    private long added;

    private record Numbered(Tail.Line line, long number) {
    }

    LastLines(int count) {
        this.count = count;
    }

    void add(Tail.Line line) {
        lines.add(new Numbered(line, added++));
        if (lines.size() > count) {
            lines.remove();
        }
    }

    List<Tail.Line> inOrder() {
        final List<Numbered> sorted = new ArrayList<>(lines);
        sorted.sort(BY_TIME);
        return sorted.stream().map(Numbered::line).toList();
    }
}
