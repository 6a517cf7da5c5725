// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which records are wanted. What is missing is never left out for its text, which it has not.
 *
 * @param cpus buffers; empty for all
 * @param from ns since 1970, not before this; {@link Long#MIN_VALUE} for no limit
 * @param to ns since 1970, before this; {@link Long#MAX_VALUE} for no limit
 * @param text found in the record's text; null for any
 */
public record Filter(Set<Integer> cpus, long from, long to, Pattern text) {
    /** All of them. */
    public static final Filter ALL = new Filter(Set.of(), Long.MIN_VALUE, Long.MAX_VALUE, null);

    /** Keeps a copy. */
    public Filter {
        cpus = Set.copyOf(cpus);
    }

    /**
     * Whether one is wanted.
     *
     * @param decoded a record, or what is missing
     * @return true if it is
     */
    public boolean accepts(Decoded decoded) {
        return (cpus.isEmpty() || cpus.contains(decoded.cpu()))
                && decoded.timeNanos() >= from && decoded.timeNanos() < to
                && (text == null || !decoded.kind().isRecord() || text.matcher(decoded.text()).find());
    }
}
