// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.List;

/**
 * Lines on a terminal that are renewed in place: each time over those of the time before. Nothing of the terminal is
 * changed that would have to be put back, so that whoever is killed leaves it as it should be, with the last lines
 * on it.
 */
final class Screen {
    private static final String UP = "\033[%dA";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private int shown;

    /** Shows lines, which must be fewer than the terminal has, and no longer than its lines. */
    void show(List<String> lines) {
        final StringBuilder out = new StringBuilder("\r");
        if (shown > 0) {
            out.append(String.format(UP, shown));
        }
        for (final String line : lines) {
            out.append(line).append(CLEAR_LINE).append('\n');
        }
        System.out.writeBytes(out.append(CLEAR_BELOW).toString().getBytes(System.out.charset()));
        System.out.flush();
        shown = lines.size();
    }
}
