// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.Locale;

/** Builds one line of JSON: numbers plain, in bytes, ns and counts. Not thread-safe. */
final class JsonText {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    /** Begins an object or an array: an element if it is in an array. */
    JsonText open(char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    /** Ends what was begun last. */
    JsonText close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    /** A member that is an object or an array. */
    JsonText open(String name, char bracket) {
        name(name);
        text.append(bracket);
        first = true;
        return this;
    }

    JsonText field(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    JsonText field(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A string, or null. */
    JsonText field(String name, String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            string(value);
        }
        return this;
    }

    /** A string as an element of an array. */
    JsonText element(String value) {
        separate();
        string(value);
        return this;
    }

    private void name(String name) {
        separate();
        string(name);
        text.append(": ");
    }

    private void separate() {
        if (!first) {
            text.append(", ");
        }
        first = false;
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
