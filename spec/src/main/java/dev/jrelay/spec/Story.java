// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;

/**
 * A counterexample in the words of the protocol: who did which step, and the buffer after it.
 *
 * <pre>
 *   3  w1      loads the tail
 *              tail 0+0, consumed 0
 *              slot 0 |..| committed 0 bytes, 0 records; padding 0; last delivered: sub-buffer 63
 * </pre>
 */
final class Story {
    private static final Properties PHRASES = phrases();
    private static final String WRITERS = "abcdefgh";
    /** Steps that are not the next access of their process. */
    private static final Set<String> EVENTS = Set.of("Crash", "CrashPassing", "Timeout");
    /** The words that are swapped. */
    private static final List<String> SWAPPED = List.of("tail", "consumed", "delivered", "owner", "request", "holders");
    /** Compare-and-swaps that are not named so. */
    private static final Set<String> SWAPS = Set.of("PushConsumed", "Deliver", "HelpPass");

    private final List<String> lines = new ArrayList<>();

    private Story() {
    }

    private static Properties phrases() {
        final Properties phrases = new Properties();
        try (Reader in = new InputStreamReader(Objects.requireNonNull(
                Story.class.getResourceAsStream("/phrases.properties")), StandardCharsets.UTF_8)) {
            phrases.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return phrases;
    }

    /** Tells a counterexample. */
    static List<String> of(TlcResult result) {
        final Story story = new Story();
        Map<String, Object> before = Map.of();
        int number = 0;
        for (final TlcResult.Step step : result.trace()) {
            story.tell(number++, before, step);
            before = step.state();
        }
        if (result.loops()) {
            story.lines.add("      and so on for ever");
        }
        return story.lines;
    }

    private void tell(int number, Map<String, Object> before, TlcResult.Step step) {
        final String who = mover(before, step.state());
        final String action = before.get("pc") instanceof Map<?, ?> pc && pc.get(who) instanceof String label
                && !EVENTS.contains(step.action()) ? label : step.action();
        lines.add(String.format("%4d  %-9s %s", number, number == 0 ? "" : who,
                number == 0 ? "at the start" : PHRASES.getProperty(action, action)
                        + outcome(action, before, step.state())));
        if (step.state().containsKey("tail") && step.state().containsKey("commitBytes")) {
            picture(before, step.state());
        } else {
            changes(before, step.state());
        }
    }

    /** Whether a CAS has succeeded: it has if its word has changed. */
    private static String outcome(String action, Map<String, Object> before, Map<String, Object> after) {
        if (!action.endsWith("Cas") && !SWAPS.contains(action)) {
            return "";
        }
        final boolean swapped = SWAPPED.stream()
                .anyMatch(word -> !Objects.equals(before.get(word), after.get(word)));
        return swapped ? ": done" : ": fails";
    }

    /** The process whose next step has changed. */
    private static String mover(Map<String, Object> before, Map<String, Object> after) {
        for (final String variable : List.of("pc", "local")) {
            if (before.get(variable) instanceof Map<?, ?> old && after.get(variable) instanceof Map<?, ?> now) {
                for (final Map.Entry<?, ?> entry : now.entrySet()) {
                    if (!entry.getValue().equals(old.get(entry.getKey()))) {
                        return String.valueOf(entry.getKey());
                    }
                }
            }
        }
        return "";
    }

    private void picture(Map<String, Object> before, Map<String, Object> state) {
        final Map<?, ?> tail = (Map<?, ?>) state.get("tail");
        final String words = "tail " + tail.get("q") + "+" + tail.get("off") + (Boolean.TRUE.equals(tail.get("fin"))
                ? " finalized" : "") + (Boolean.TRUE.equals(tail.get("paused")) ? " paused" : "") + ", consumed "
                + state.get("consumed") + flag(state, "waiting") + flag(state, "closed");
        if (!state.get("tail").equals(before.get("tail")) || !state.get("consumed").equals(before.get("consumed"))
                || !Objects.equals(state.get("waiting"), before.get("waiting"))
                || !Objects.equals(state.get("closed"), before.get("closed"))) {
            lines.add("                " + words);
        }
        final Map<?, ?> slots = (Map<?, ?>) state.get("commitBytes");
        for (final Object slot : slots.keySet()) {
            final String now = slot(state, slot);
            if (before.isEmpty() || !now.equals(slot(before, slot))) {
                lines.add("                " + now);
            }
        }
        lost(before, state);
        if (Boolean.TRUE.equals(state.get("freed")) && !Boolean.TRUE.equals(before.get("freed"))) {
            lines.add("                the writers' memory is gone");
        }
        if (state.get("faults") instanceof Set<?> faults && !faults.isEmpty()) {
            lines.add("                wrong: " + faults);
        }
    }

    private static String flag(Map<String, Object> state, String word) {
        return Objects.equals(state.get(word), 1) ? ", " + word : "";
    }

    private static String slot(Map<String, Object> state, Object slot) {
        final StringBuilder cells = new StringBuilder();
        if (state.get("data") instanceof Map<?, ?> data && data.get(slot) instanceof Map<?, ?> bytes) {
            for (final Object cell : bytes.values()) {
                cells.append(cell((List<?>) cell));
            }
        }
        return "slot " + slot + " |" + cells + "| committed " + at(state, "commitBytes", slot) + " bytes, "
                + at(state, "commitRecords", slot) + " records; padding " + at(state, "padding", slot) + "; delivered "
                + at(state, "delivered", slot);
    }

    private static Object at(Map<String, Object> state, String word, Object slot) {
        return ((Map<?, ?>) state.get(word)).get(slot);
    }

    /** One byte: nothing, header, or the letter of its writer. */
    private static char cell(List<?> cell) {
        final String who = String.valueOf(cell.get(1));
        return switch (who) {
            case "none" -> '.';
            case "header" -> 'h';
            default -> who.matches("w[1-8]") ? WRITERS.charAt(who.charAt(1) - '1') : '?';
        };
    }

    private void lost(Map<String, Object> before, Map<String, Object> state) {
        if (state.get("counters") instanceof Map<?, ?> now && before.get("counters") instanceof Map<?, ?> old) {
            now.forEach((cause, amount) -> {
                if (!amount.equals(old.get(cause))) {
                    lines.add("                counted " + cause + " " + amount);
                }
            });
        }
    }

    /** A model with other variables: those that have changed. */
    private void changes(Map<String, Object> before, Map<String, Object> state) {
        state.forEach((variable, value) -> {
            if (!value.equals(before.get(variable)) && !variable.equals("pc")) {
                lines.add("                " + variable + " = " + value);
            }
        });
    }
}
