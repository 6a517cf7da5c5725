// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

/** What may be shown on a terminal of text that comes from elsewhere. */
final class Terminal {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7f;
    private static final int LAST_CONTROL = 0x9f;

    private Terminal() {
    }

    /**
     * Makes control characters visible, which else could move the cursor, set colours or the window's title, or make a
     * terminal answer. Tabs stay.
     */
    static String plain(String text) {
        if (text.chars().noneMatch(Terminal::isControl)) {
            return text;
        }
        final StringBuilder plain = new StringBuilder();
        text.chars().forEach(c -> {
            if (isControl(c)) {
                plain.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
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
