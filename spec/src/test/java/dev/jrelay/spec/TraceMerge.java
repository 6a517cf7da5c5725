// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.TraceRecorder.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the one order of the steps of all threads that the values in their logs allow, without search. The tail, the
 * positions and the request word never hold a value twice, so a value names a moment: a load that found it comes before
 * the step that replaced it, a CAS that failed comes after. What only reads is taken as soon as its value is there,
 * since it disturbs nobody; a step that replaces a value waits until all that found it have been taken. If nothing can
 * go on, no order explains the logs.
 *
 * <p>Two values name no moment. A pause that is resumed before anything else has moved brings the tail, or the request
 * word, back: the pause waits until nothing else can go on, whatever else replaces the value comes after the resume,
 * and the resume waits for those whose CAS has failed meanwhile. A commit word begins each lap with 0: that a reader
 * found a value in it belongs to the lap of the sub-buffer that it looks at, unless the clock says that this was over,
 * or may have been and nothing else explains the logs.
 */
final class TraceMerge {
    /** No order explains the logs. */
    static final class Stuck extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stuck(String message) {
            super(message);
        }
    }

    private static final long LOW = 0xffff_ffffL;
    private static final int MAX_ATTEMPTS = 200;

    private final ModelConstants constants;
    private final Kernel kernel;
    private final List<List<Event>> logs;
    private final int[] at;
    /** The sequence that each process last reserved in. */
    private final int[] own;
    private final Map<String, Long> words = new HashMap<>();
    private final Map<String, Integer> observers = new HashMap<>();
    private final List<Event> merged = new ArrayList<>();
    /** For each load of a commit word the lap that it belongs to, as the sequence in its slot. */
    private final Map<Event, Long> laps = new IdentityHashMap<>();
    private final List<Event> unsure = new ArrayList<>();
    /** The steps of pauses that end with the value that they began with; how many of them are ahead of such a value. */
    private final Set<Event> pauses = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, Integer> away = new HashMap<>();
    private boolean pausing;

    private TraceMerge(ModelConstants constants, Kernel kernel, List<List<Event>> logs) {
        this.constants = constants;
        this.kernel = kernel;
        this.logs = logs;
        this.at = new int[logs.size()];
        this.own = new int[logs.size()];
    }

    static List<Event> merge(ModelConstants constants, Kernel kernel, List<List<Event>> logs) {
        return new Attempts(constants, kernel, logs).merge(List.of());
    }

    /** Tries other laps for loads of which the clock does not tell. */
    private static final class Attempts {
        private final ModelConstants constants;
        private final Kernel kernel;
        private final List<List<Event>> logs;
        private int left = MAX_ATTEMPTS;

        Attempts(ModelConstants constants, Kernel kernel, List<List<Event>> logs) {
            this.constants = constants;
            this.kernel = kernel;
            this.logs = logs;
        }

        /** Loads in {@code late} belong to a lap that is as much later as they are often in it. */
        List<Event> merge(List<Event> late) {
            final TraceMerge merge = new TraceMerge(constants, kernel, logs);
            merge.prepare(late);
            try {
                merge.run();
                return merge.merged;
            } catch (Stuck stuck) {
                for (final Event load : merge.unsure) {
                    if (!late.contains(load) && --left >= 0) {
                        try {
                            return merge(Stream.concat(late.stream(), Stream.of(load)).toList());
                        } catch (Stuck again) {
                            stuck.addSuppressed(again);
                        }
                    }
                }
                throw stuck;
            }
        }
    }

    private void prepare(List<Event> late) {
        words.put("tail", kernel.tail(0, 0, false, false));
        words.put("consumed", kernel.sequence(0));
        words.put("closed", 0L);
        words.put("request", 0L);
        words.put("settled", 0L);
        for (int delta = 0; delta < constants.count(); delta++) {
            words.put("delivered" + kernel.slot(delta), kernel.sequence(delta + 1 - constants.count()));
            words.put("lap" + kernel.slot(delta), (long) delta);
        }
        for (final List<Event> log : logs) {
            long lap = 0L;
            for (final Event event : log) {
                if (event.is("deliveredAcquire/1")) {
                    lap = kernel.delta(event.result()) + constants.count() - 1L;
                }
                if (isLoadOfCommit(event)) {
                    laps.put(event, lap(event, lap, late));
                    observers.merge(commit(event.a(), laps.get(event), event.result()), 1, Integer::sum);
                } else if (isLoad(event)) {
                    observers.merge(word(event) + "=" + event.result(), 1, Integer::sum);
                }
            }
            if (!log.isEmpty() && constants.is(log.getFirst().process(), "Pausers")) {
                findPause(log);
            }
        }
    }

    /** The lap, not before {@code earliest}, and as much later as the load is often in {@code late}. */
    private long lap(Event load, long earliest, List<Event> late) {
        final List<Event> resets = logs.stream().flatMap(List::stream)
                .filter(event -> event.is("commitOpaque/2") && event.a() == load.a()).toList();
        final long before = resets.stream().filter(reset -> reset.ended() < load.made()).count();
        final long atMost = resets.stream().filter(reset -> reset.made() < load.ended()).count();
        final long first = words.get("lap" + load.a());
        final long guess = Math.clamp((earliest - first) / constants.count(), before, atMost);
        final long later = late.stream().filter(event -> event == load).count();
        if (before < atMost) {
            unsure.add(load);
        }
        return first + constants.count() * Math.min(guess + later, atMost);
    }

    /** Notes a pause that ends with the value that it began with. */
    private void findPause(List<Event> log) {
        final List<Event> moves = log.stream().filter(event -> event.is("casTail/2", "casRequest/2")
                && event.result() == 1L).toList();
        if (moves.size() == 2 && moves.get(0).a() == moves.get(1).b()) {
            pauses.addAll(moves);
            away.put(word(moves.get(0)) + "=" + moves.get(0).a(), 2);
        }
    }

    private static boolean isLoadOfCommit(Event event) {
        return event.is("commitAcquire/1");
    }

    /** The value of a commit word in a lap. */
    private static String commit(long slot, long lap, long value) {
        return "commit" + slot + "@" + lap + "=" + value;
    }

    private static boolean isLoad(Event event) {
        return event.is("tailAcquire/0", "consumedAcquire/0", "deliveredAcquire/1", "deliveredVolatile/1",
                "closedVolatile/0", "requestAcquire/0");
    }

    private static String word(Event event) {
        return switch (event.accessor()) {
            case "tailAcquire/0", "casTail/2", "tailRelease/1" -> "tail";
            case "consumedAcquire/0", "casConsumed/2" -> "consumed";
            case "deliveredAcquire/1", "deliveredVolatile/1", "casDelivered/3", "deliveredVolatile/2" ->
                "delivered" + event.a();
            case "closedVolatile/0", "closedVolatile/1" -> "closed";
            case "getAndAddCommit/2", "commitOpaque/2", "commitAcquire/1" -> "commit" + event.a();
            case "requestAcquire/0", "casRequest/2" -> "request";
            case "settle" -> "settled";
            default -> "";
        };
    }

    private void run() {
        boolean moved = true;
        while (moved || !pausing && !pauses.isEmpty()) {
            pausing = !moved;
            moved = false;
            for (int process = 0; process < logs.size(); process++) {
                while (at[process] < logs.get(process).size() && take(process, logs.get(process).get(at[process]))) {
                    merged.add(logs.get(process).get(at[process]));
                    at[process]++;
                    moved = true;
                }
            }
        }
        final List<Event> waiting = new ArrayList<>();
        for (int process = 0; process < logs.size(); process++) {
            if (at[process] < logs.get(process).size()) {
                waiting.add(logs.get(process).get(at[process]));
            }
        }
        if (!waiting.isEmpty()) {
            throw new Stuck("no order explains the logs: after " + merged.size() + " steps the next ones are " + waiting
                    + " while " + words);
        }
    }

    /** Takes a step if its moment has come. */
    private boolean take(int process, Event event) {
        final String word = word(event);
        if (isLoadOfCommit(event)) {
            return takeLoadOfCommit(event);
        }
        if (isLoad(event)) {
            if (words.get(word) != event.result()) {
                return false;
            }
            observers.merge(word + "=" + event.result(), -1, Integer::sum);
            return true;
        }
        return switch (event.accessor()) {
            case "casTail/2", "casConsumed/2", "casRequest/2" -> cas(process, event, event.a(), event.b());
            case "casDelivered/3" -> cas(process, event, event.b(), event.c());
            case "settle" -> cas(process, event, 0L, 1L);
            case "deliveredVolatile/2" -> replace(word, event.b());
            case "closedVolatile/1", "tailRelease/1" -> replace(word, event.a());
            case "getAndAddCommit/2" -> words.get("lap" + event.a()) == own[process]
                    && words.getOrDefault(word, 0L) == event.result()
                    && moveCommit(event.a(), event.result() + event.b());
            case "commitRelease/2" -> moveCommit(slotOfCommit(kernel, event.a()), event.b());
            case "commitOpaque/2" -> {
                final boolean moved = moveCommit(event.a(), event.b());
                if (moved) {
                    words.merge("lap" + event.a(), (long) constants.count(), Long::sum);
                }
                yield moved;
            }
            default -> true;
        };
    }

    private boolean takeLoadOfCommit(Event event) {
        final String found = commit(event.a(), words.get("lap" + event.a()), words.getOrDefault(word(event), 0L));
        if (!found.equals(commit(event.a(), laps.get(event), event.result()))) {
            return false;
        }
        observers.merge(found, -1, Integer::sum);
        return true;
    }

    /** Changes a commit word, if nobody has still to find what is in it. */
    private boolean moveCommit(long slot, long value) {
        final String word = "commit" + slot;
        if (observers.getOrDefault(commit(slot, words.get("lap" + slot), words.getOrDefault(word, 0L)), 0) > 0) {
            return false;
        }
        words.put(word, value);
        return true;
    }

    private boolean cas(int process, Event event, long expected, long next) {
        final String word = word(event);
        final boolean equal = words.get(word) == expected;
        if (event.result() == 0L) {
            return !equal;
        }
        if (!equal || !(pauses.contains(event) ? pause(event, word, next) : replace(word, next))) {
            return false;
        }
        if (word.equals("tail")) {
            own[process] = kernel.parts(expected)[0];
        }
        return true;
    }

    /** A pause, whose value will come back, so that nobody who finds it is waited for; or its end. */
    private boolean pause(Event event, String word, long next) {
        final String paused = word + "=" + words.get(word);
        if (!pausing || !away.containsKey(paused) && !replace(word, next)) {
            return false;
        }
        pausing = false; // what has waited for this goes on first
        pauses.remove(event);
        away.computeIfPresent(paused, (value, steps) -> 1);
        words.put(word, next);
        return true;
    }

    private boolean replace(String word, long value) {
        final String found = word + "=" + words.get(word);
        if (observers.getOrDefault(found, 0) > 0 || away.getOrDefault(found, 0) > 0) {
            return false;
        }
        words.put(word, value);
        away.computeIfPresent(word + "=" + value, (back, steps) -> steps == 1 ? 0 : steps);
        return true;
    }

    /** The slot whose commit word is there. */
    static int slotOfCommit(Kernel kernel, long offset) {
        int slot = 0;
        while (kernel.commitOffset(slot) != offset) {
            slot++;
        }
        return slot;
    }

    /** The bytes of a commit word. */
    static int bytes(long word) {
        return (int) (word & LOW);
    }
}
