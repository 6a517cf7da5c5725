// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** What may be shown on a terminal of text that comes from elsewhere. */
final class Terminal {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int PIECE = 1 << 13;
    private static final int DELETE = 0x7f;
    private static final int LAST_CONTROL = 0x9f;

    private Terminal() {
    }

    /**
     * Makes control characters visible, which else could move the cursor, set colours or the window's title, or make a
     * terminal answer. Tabs stay.
     */
    static String plain(String text) {
        return plain(text, Terminal::isControl, "\\x");
    }

    /** As {@link #plain}, of a text that may be long, piece by piece: all of it may be four times as long then. */
    static void plain(String text, Consumer<String> to) {
        for (int from = 0; from < text.length(); from += PIECE) {
            to.accept(plain(text.substring(from, Math.min(text.length(), from + PIECE))));
        }
    }

    /** As {@link #plain}, of a text of several lines, whose ends stay too, and which may be JSON. */
    static String plainLines(String text) {
        return plain(text, c -> c != '\n' && isControl(c), "\\u00");
    }

    private static String plain(String text, IntPredicate isHarmful, String escape) {
        if (text.chars().noneMatch(isHarmful)) {
            return text;
        }
        final StringBuilder plain = new StringBuilder();
        text.chars().forEach(c -> {
            if (isHarmful.test(c)) {
                plain.append(c < FIRST_PRINTABLE ? "\\x" : escape) // in JSON only the others are raw
                        .append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                plain.append((char) c);
            }
        });
        return plain.toString();
    }

    private static boolean isControl(int c) {
        return c < FIRST_PRINTABLE && c != '\t' || c >= DELETE && c <= LAST_CONTROL;
    }
}
