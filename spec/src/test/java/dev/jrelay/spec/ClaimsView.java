// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.Expected.Arguments;
import java.util.List;
import java.util.Map;

/** The words of {@code RelayClaims}: owner and age of the beat of each place, then the life of each process. */
public final class ClaimsView implements View {
    /** Ticks after which a beat is old. */
    public static final int MISSED = 2;

    private static final long OTHERS = 1_000L;
    private static final List<String> LIVES = List.of("runs", "stopped", "dead");

    private final ModelConstants constants;
    private final List<String> owners;

    /** For the places and processes of a configuration. */
    public ClaimsView(ModelConstants constants) {
        this.constants = constants;
        this.owners = constants.owners();
    }

    /** How many numbers the vector has. */
    public int length() {
        return life(owners.size());
    }

    /** Where the life of a process is in the vector. */
    public int life(int process) {
        return 2 * (constants.number("Entries") + 1) + process;
    }

    /** The word that stands for a process. */
    public long id(String process) {
        return switch (process) {
            case "nobody" -> 0L;
            case "others" -> OTHERS;
            default -> 1L + owners.indexOf(process);
        };
    }

    @Override
    public int[] visible(Map<String, Object> state) {
        final int[] vector = new int[length()];
        for (int place = 0; place <= constants.number("Entries"); place++) {
            vector[2 * place] = (int) id((String) at(state, "owner", place));
            vector[2 * place + 1] = (Integer) at(state, "age", place);
        }
        for (int i = 0; i < owners.size(); i++) {
            vector[life(i)] = LIVES.indexOf(at(state, "life", owners.get(i)));
        }
        return vector;
    }

    private static Object at(Map<String, Object> state, String variable, Object key) {
        return ((Map<?, ?>) state.get(variable)).get(key);
    }

    @Override
    public String name(int component) {
        final int place = component / 2;
        return place > constants.number("Entries") ? "life of " + owners.get(component - life(0))
                : (component % 2 == 0 ? "owner" : "beat") + " of "
                        + (place == 0 ? "the consumer" : "entry " + (place - 1));
    }

    @Override
    public Expected next(String process, String pc, Map<?, ?> local) {
        final int place = (Integer) local.get("place");
        final long owner = id((String) local.get("owner"));
        final long self = id(constants.owner(process));
        final Arguments arguments = switch (pc) {
            case "ClaimCas" -> swap(place, owner, self);
            case "ReleaseCas" -> swap(place, self, 0L);
            case "WatchCas" -> swap(place, owner, 0L);
            case "LoadOwner", "LoadBeat", "CheckOwner", "WatchOwner", "WatchBeat" ->
                place == 0 ? Arguments.ANY : Arguments.of(place - 1L);
            default -> Arguments.ANY; // beats are compared with the state
        };
        return new Expected(pc, arguments);
    }

    private static Arguments swap(int place, long from, long to) {
        return place == 0 ? Arguments.of(from, to) : Arguments.of(place - 1L, from, to);
    }
}
