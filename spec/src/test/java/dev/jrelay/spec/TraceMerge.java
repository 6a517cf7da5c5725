// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.TraceRecorder.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the one order of the steps of all threads that the values in their logs allow, without search. The tail, the
 * positions and the counters never hold a value twice, so a value names a moment: a load that found it comes before the
 * step that replaced it, a CAS that failed comes after. (A pause would bring a tail back: the runs have none.) What
 * only reads is taken as soon as its value is there, since it disturbs nobody; a step that replaces a value waits until
 * all that found it have been taken. If nothing can go on, no order explains the logs.
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

    private final ModelConstants constants;
    private final Kernel kernel;
    private final List<List<Event>> logs;
    private final int[] at;
    /** The sequence that each process last reserved in. */
    private final int[] own;
    private final Map<String, Long> words = new HashMap<>();
    private final Map<String, Integer> observers = new HashMap<>();
    private final List<Event> merged = new ArrayList<>();

    private TraceMerge(ModelConstants constants, Kernel kernel, List<List<Event>> logs) {
        this.constants = constants;
        this.kernel = kernel;
        this.logs = logs;
        this.at = new int[logs.size()];
        this.own = new int[logs.size()];
    }

    static List<Event> merge(ModelConstants constants, Kernel kernel, List<List<Event>> logs) {
        final TraceMerge merge = new TraceMerge(constants, kernel, logs);
        merge.prepare();
        merge.run();
        return merge.merged;
    }

    private void prepare() {
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
            for (final Event event : log) {
                if (isLoad(event)) {
                    observers.merge(word(event) + "=" + event.result(), 1, Integer::sum);
                }
            }
        }
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
            case "getAndAddCommit/2", "commitOpaque/2" -> "commit" + event.a();
            case "requestAcquire/0", "casRequest/2" -> "request";
            case "settle" -> "settled";
            default -> "";
        };
    }

    private void run() {
        boolean moved = true;
        while (moved) {
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
            case "getAndAddCommit/2" ->
                words.get("lap" + event.a()) == own[process] && add(word, event.result(), event.b());
            case "commitOpaque/2" -> {
                words.put(word, event.b());
                words.merge("lap" + event.a(), (long) constants.count(), Long::sum);
                yield true;
            }
            default -> true;
        };
    }

    private boolean cas(int process, Event event, long expected, long next) {
        final String word = word(event);
        final boolean equal = words.get(word) == expected;
        if (event.result() == 0L) {
            return !equal;
        }
        if (!equal || !replace(word, next)) {
            return false;
        }
        if (word.equals("tail")) {
            own[process] = kernel.parts(expected)[0];
        }
        return true;
    }

    private boolean replace(String word, long value) {
        if (observers.getOrDefault(word + "=" + words.get(word), 0) > 0) {
            return false;
        }
        words.put(word, value);
        return true;
    }

    private boolean add(String word, long before, long amount) {
        if (words.getOrDefault(word, 0L) != before) {
            return false;
        }
        words.put(word, before + amount);
        return true;
    }

    /** The bytes of a commit word. */
    static int bytes(long word) {
        return (int) (word & LOW);
    }
}
