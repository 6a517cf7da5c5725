// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.Expected.Arguments;
import java.util.List;
import java.util.Map;

/** The count of {@code RelayLease}, and how often the memory was freed. */
final class LeaseView implements View {
    private static final List<String> NAMES = List.of("holders", "freed");

    @Override
    public int[] visible(Map<String, Object> state) {
        return NAMES.stream().mapToInt(name -> Visible.number(state.get(name))).toArray();
    }

    @Override
    public String name(int component) {
        return NAMES.get(component);
    }

    @Override
    public Expected next(String process, String pc, Map<?, ?> local) {
        final long seen = (Integer) local.get("seen");
        return new Expected(pc, pc.equals("LeaseCas") ? Arguments.of(seen, seen + 1L) : Arguments.ANY);
    }
}
