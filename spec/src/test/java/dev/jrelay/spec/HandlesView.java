// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.Expected.Arguments;
import java.util.List;
import java.util.Map;

/** The words of {@code RelayHandles}, and what became of the records. */
public final class HandlesView implements View {
    private static final List<String> NAMES = List.of("request.flushes", "request.paused", "request.fin", "tail.q",
            "tail.open", "tail.fin", "closed", "freed", "accepted", "lost.CLOSED", "lost.PAUSED");

    /** How many numbers the vector has. */
    public static int length() {
        return NAMES.size();
    }

    @Override
    public int[] visible(Map<String, Object> state) {
        final int[] vector = new int[length()];
        for (int i = 0; i < vector.length; i++) {
            final String[] path = NAMES.get(i).split("\\.");
            final Object value = state.get(path[0]);
            vector[i] = Visible.number(path.length == 1 ? value : ((Map<?, ?>) value).get(path[1]));
        }
        return vector;
    }

    @Override
    public String name(int component) {
        return NAMES.get(component);
    }

    @Override
    public Expected next(String process, String pc, Map<?, ?> local) {
        final Map<?, ?> loaded = (Map<?, ?>) local.get("loaded");
        return new Expected(pc, !pc.equals("AskCas") ? Arguments.ANY : Arguments.of(word(
                Visible.number(loaded.get("flushes")), Visible.number(loaded.get("paused")),
                Visible.number(loaded.get("fin")))));
    }

    /** The request word: flushes are counted above two bits. */
    private static long word(int flushes, int paused, int finish) {
        return 4L * flushes + 2L * paused + finish;
    }
}
