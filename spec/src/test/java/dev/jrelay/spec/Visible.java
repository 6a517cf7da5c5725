// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The state that both sides can see, as a vector of numbers: the tail, the positions, the words of each slot, the
 * counters and the data. The kernel fills one from its memory, this class makes one from a state of the model.
 */
public final class Visible {
    /** Matches anything: bytes that the model leaves undefined. */
    public static final int UNDEFINED = Integer.MIN_VALUE;

    /** What a {@code delivered} word has on top when the consumer has passed the sub-buffer that is held there. */
    public static final int PASSED = 1_000_000;

    /** Causes of loss in the order of {@code Loss}. */
    public static final List<String> LOSSES = List.of("FULL", "TOO_LARGE", "STALLED", "REFUSED", "PAUSED", "CLOSED");

    /** Fates, in the order of this vector. */
    public static final List<String> FATES = List.of("OVERWRITTEN", "SKIPPED", "ABORTED", "DELIVERED");

    /** All that is counted. */
    static final List<String> COUNTERS = Stream.concat(LOSSES.stream(), FATES.stream()).toList();

    /** Index of the permit, the one component that the harness fills in. */
    static final int PERMIT = 8;

    /** Index of the first word of slot 0. */
    public static final int SLOTS = 9;

    private static final int HEAD = SLOTS;
    private static final int PER_SLOT = 5;
    private static final int PER_COUNTER = 3;

    private Visible() {
    }

    /** How many numbers the vector has. */
    public static int length(ModelConstants constants) {
        return HEAD + constants.count() * (PER_SLOT + constants.size()) + COUNTERS.size() * PER_COUNTER;
    }

    /** The vector of a state of the model. */
    static int[] of(ModelConstants constants, Map<String, Object> state) {
        final int[] vector = new int[length(constants)];
        final int scale = constants.scale();
        final Map<?, ?> tail = (Map<?, ?>) state.get("tail");
        vector[0] = constants.delta(number(tail.get("q")));
        vector[1] = offset(constants, number(tail.get("off")));
        vector[2] = number(tail.get("fin"));
        vector[3] = number(tail.get("paused"));
        vector[4] = constants.delta(number(state.get("consumed")));
        vector[5] = number(state.get("waiting"));
        vector[6] = number(state.get("closed"));
        vector[7] = number(state.get("freed"));
        vector[PERMIT] = number(state.get("permit"));
        int at = HEAD;
        for (int slot = 0; slot < constants.count(); slot++) {
            vector[at++] = scale * slot(state, "commitBytes", slot);
            vector[at++] = slot(state, "commitRecords", slot);
            vector[at++] = scale * slot(state, "padding", slot);
            vector[at++] = slot(state, "records", slot);
            final int delivered = slot(state, "delivered", slot);
            vector[at++] = constants.delta(delivered % constants.modulus())
                    + (delivered < constants.modulus() ? 0 : PASSED);
        }
        for (final String counter : COUNTERS) {
            final Map<?, ?> amounts = (Map<?, ?>) ((Map<?, ?>) state.get("counters")).get(counter);
            vector[at++] = number(amounts.get("subbufs"));
            vector[at++] = number(amounts.get("records"));
            vector[at++] = scale * number(amounts.get("bytes"));
        }
        for (int slot = 0; slot < constants.count(); slot++) {
            final Map<?, ?> cells = (Map<?, ?>) ((Map<?, ?>) state.get("data")).get(slot);
            for (int offset = 0; offset < constants.size(); offset++) {
                final List<?> cell = (List<?>) cells.get(offset);
                vector[at++] = "none".equals(cell.get(1)) ? UNDEFINED : constants.cell(
                        constants.delta(number(cell.get(0))), (String) cell.get(1), number(cell.get(2)));
            }
        }
        return vector;
    }

    /** The offset in a tail word; of an exclusive buffer it may be a mark of one byte: open. */
    static int offset(ModelConstants constants, int offset) {
        return constants.exclusive() && constants.header() == 0 ? offset : constants.scale() * offset;
    }

    private static int slot(Map<String, Object> state, String word, int slot) {
        return number(((Map<?, ?>) state.get(word)).get(slot));
    }

    static int number(Object value) {
        return value instanceof Boolean bit ? bit ? 1 : 0 : (Integer) value;
    }

    /** The first component in which the kernel differs from the model, or -1. */
    static int difference(int[] model, int[] kernel) {
        for (int i = 0; i < model.length; i++) {
            if (model[i] != kernel[i] && model[i] != UNDEFINED) {
                return i;
            }
        }
        return -1;
    }

    /** What a component is. */
    static String name(ModelConstants constants, int index) {
        if (index < HEAD) {
            return List.of("tail.sequence", "tail.offset", "tail.finalized", "tail.paused", "consumed", "waiting",
                    "closed", "freed", "permit").get(index);
        }
        final int slots = index - HEAD;
        if (slots < constants.count() * PER_SLOT) {
            return List.of("commit bytes", "commit records", "padding", "records", "delivered").get(slots % PER_SLOT)
                    + "[" + slots / PER_SLOT + "]";
        }
        final int counters = slots - constants.count() * PER_SLOT;
        if (counters < COUNTERS.size() * PER_COUNTER) {
            return COUNTERS.get(counters / PER_COUNTER) + "."
                    + List.of("sub-buffers", "records", "bytes").get(counters % PER_COUNTER);
        }
        final int cells = counters - COUNTERS.size() * PER_COUNTER;
        return "data[" + cells / constants.size() + "][" + cells % constants.size() + "]";
    }
}
