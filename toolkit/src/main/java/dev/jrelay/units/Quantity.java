// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number and a unit, exactly: what the kinds of this package have in common. */
final class Quantity {
    /** The number of digits is bounded, so that no text asks for a number that does not fit into memory. */
    private static final Pattern FORM =
            Pattern.compile("((?:[0-9]{1,19}(?:\\.[0-9]{0,18})?|\\.[0-9]{1,18})(?:[eE]-?[0-9]{1,2})?)([A-Za-z/%]*)");

    private Quantity() {
    }

    /**
     * Reads a quantity.
     *
     * @param units what each unit stands for, by its name in lower case; the empty one for a bare number
     * @param expected the form in words, for the message
     */
    static BigDecimal parse(String text, Map<String, BigDecimal> units, String expected) {
        final Matcher matcher = FORM.matcher(text);
        final BigDecimal unit = matcher.matches() ? units.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "': must be " + expected);
        }
        return new BigDecimal(matcher.group(1)).multiply(unit);
    }

    /**
     * Units of a base unit and its multiples.
     *
     * @param step from one prefix to the next
     * @param prefixes the prefixes, in order; none also stands for the base unit
     * @param endings what may follow a prefix
     */
    static Map<String, BigDecimal> units(int step, String prefixes, String... endings) {
        final Map<String, BigDecimal> units = new HashMap<>();
        for (int i = 0; i <= prefixes.length(); i++) {
            for (final String ending : endings) {
                units.put((i == 0 ? "" : prefixes.substring(i - 1, i)) + ending, BigDecimal.valueOf(step).pow(i));
            }
        }
        return units;
    }
}
