// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.Collection;
import java.util.List;

/** What a mistyped word may have been meant to be. */
final class Spelling {
    private static final int MAX_EDITS = 2;

    private Spelling() {
    }

    /** The known words that two letters, put in, left out or changed, turn {@code word} into. */
    static List<String> similar(String word, Collection<String> known) {
        return known.stream().filter(candidate -> edits(word, candidate) <= MAX_EDITS).sorted().toList();
    }

    /** The Levenshtein distance, row by row of its table. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            final int[] next = new int[row.length];
            next[0] = i;
            for (int j = 1; j < row.length; j++) {
                final int changed = row[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                next[j] = Math.min(changed, 1 + Math.min(row[j], next[j - 1]));
            }
            row = next;
        }
        return row[to.length()];
    }
}
