// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.TraceRecorder.Event;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns merged steps into lines for {@code RelayTrace.tla}: one line for each action of the model, with the values that
 * were really read and written. Calls that {@code actions.csv} folds into an action give no line of their own; what
 * they added is in the line of their action.
 */
final class TraceLines {
    /** A value that no state of the model has: what the kernel did is not even in its units. */
    private static final int FOREIGN = -9;

    private final ModelConstants constants;
    private final Kernel kernel;
    private final Map<Event, String> lines = new IdentityHashMap<>();

    private TraceLines(ModelConstants constants, Kernel kernel) {
        this.constants = constants;
        this.kernel = kernel;
    }

    /** The lines of a run as a TLA+ sequence, with the final state as the last one. */
    static List<String> of(ModelConstants constants, Kernel kernel, List<List<Event>> logs, List<Event> merged) {
        final TraceLines trace = new TraceLines(constants, kernel);
        for (final List<Event> log : logs) {
            if (!log.isEmpty() && constants.is(log.getFirst().process(), "Consumers")) {
                trace.consumer(log);
            } else {
                log.forEach(event -> trace.writer(log, event));
            }
        }
        final List<String> result = new ArrayList<>();
        for (final Event event : merged) {
            final String line = trace.lines.get(event);
            if (line != null) {
                result.add("<<\"" + event.process() + "\", " + line + ">>");
            }
        }
        result.add(trace.end());
        return result;
    }

    /** Everybody but the consumer. */
    private void writer(List<Event> log, Event event) {
        final boolean reads = constants.is(event.process(), "Snapshots") || constants.is(event.process(), "Partials");
        final boolean asks = constants.exclusive() && !reads && !constants.writers().contains(event.process());
        if (asks) {
            if (event.is("casRequest/2") && event.result() == 1L) {
                lines.put(event, "\"request\"");
            }
            return;
        }
        switch (event.accessor()) {
            case "paddingOpaque/1", "recordsOpaque/1", "completeOpaque/2", "reservedFence/0", "copiedFence/0",
                    "readPositionOpaque/0", "readPositionOpaque/1" -> { }
            case "deliveredAcquire/1" -> {
                if (!isLookBefore(log, event)) {
                    lines.put(event, line(event));
                }
            }
            case "closedVolatile/0" -> {
                if (!reads) {
                    lines.put(event, line(event));
                }
            }
            case "tailAcquire/0" -> {
                if (!isOfTooLarge(log, event)) {
                    lines.put(event, line(event));
                }
            }
            default -> lines.put(event, line(event));
        }
    }

    /** The look at the tail before a record is refused that is too large: it decides nothing. */
    private boolean isOfTooLarge(List<Event> log, Event event) {
        final int next = indexOf(log, event) + 1;
        return next < log.size() && log.get(next).is("getAndAddLost/2")
                && log.get(next).a() == kernel.counter("TOO_LARGE");
    }

    /** A stream looks whether a sub-buffer is whole, then whether its beginning can be read: the second decides. */
    private boolean isLookBefore(List<Event> log, Event event) {
        final int next = indexOf(log, event) + 1;
        return constants.is(event.process(), "Partials") && next < log.size() && log.get(next).is("deliveredAcquire/1");
    }

    private static int indexOf(List<Event> log, Event event) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i) == event) {
                return i;
            }
        }
        throw new IllegalStateException("not in the log: " + event);
    }

    /** Where a consumer is; aside: it jumps ahead or passes, from one look at consumed to the next. */
    private enum Stage { CONSUMED, DELIVERED, RECHECK, READ, CONSUME, COUNT, ASIDE_CONSUMED, ASIDE }

    private void consumer(List<Event> log) {
        Stage stage = Stage.CONSUMED;
        long sequence = 0L;
        for (final Event event : log) {
            if (event.is("consumedAcquire/0") && (stage == Stage.COUNT || stage == Stage.ASIDE)) {
                stage = Stage.CONSUMED;
            }
            boolean shown = true;
            switch (stage) {
                case CONSUMED -> {
                    sequence = event.result();
                    stage = Stage.DELIVERED;
                }
                case DELIVERED -> {
                    final boolean ready = kernel.delta(event.result()) == kernel.delta(sequence) + 1
                            && !kernel.isPassed(event.result());
                    stage = ready ? Stage.READ : constants.overwrite() ? Stage.RECHECK : afterLook();
                }
                case RECHECK -> { // overwrite mode: looks whether consumed has moved
                    shown = constants.passes();
                    stage = event.result() == sequence ? afterLook() : Stage.CONSUMED;
                }
                case READ -> {
                    shown = event.is("copy", "read");
                    stage = shown ? Stage.CONSUME : Stage.READ;
                }
                case CONSUME -> {
                    shown = event.is("casConsumed/2");
                    if (shown) {
                        stage = event.result() == 1L ? Stage.COUNT
                                : constants.overwrite() ? Stage.ASIDE_CONSUMED : Stage.CONSUMED;
                    }
                }
                case COUNT -> shown = event.is("ownDeliveredOpaque/3");
                case ASIDE_CONSUMED -> stage = Stage.ASIDE;
                default -> shown = !event.is("paddingOpaque/1", "recordsOpaque/1");
            }
            if (shown) {
                lines.put(event, line(event));
            }
        }
    }

    private Stage afterLook() {
        return constants.passes() ? Stage.ASIDE_CONSUMED : Stage.CONSUMED;
    }

    /** The values of one step. */
    private String line(Event event) {
        return switch (event.accessor()) {
            case "tailAcquire/0" -> "\"tail\", " + code(event.result());
            case "casTail/2" -> "\"casTail\", " + code(event.a()) + ", " + code(event.b()) + ", " + event.result();
            case "consumedAcquire/0" -> "\"consumed\", " + sequence(event.result());
            case "casConsumed/2" -> "\"casConsumed\", " + sequence(event.a()) + ", " + sequence(event.b()) + ", "
                    + event.result();
            case "deliveredAcquire/1" -> "\"ready\", " + event.a() + ", " + sequence(event.result());
            case "deliveredVolatile/1" -> "\"ready\", " + event.a() + ", " + sequence(event.result());
            case "deliveredVolatile/2" -> "\"deliver\", " + event.a() + ", " + sequence(event.b());
            case "casDelivered/3" -> "\"casDelivered\", " + event.a() + ", " + sequence(event.b()) + ", "
                    + sequence(event.c()) + ", " + event.result();
            case "getAndAddCommit/2" -> "\"commit\", " + event.a() + ", " + committed(event.result()) + ", "
                    + committed(event.b());
            case "commitAcquire/1" -> "\"loadCommit\", " + event.a() + ", " + committed(event.result());
            case "commitRelease/2" -> "\"own\", " + TraceMerge.slotOfCommit(kernel, event.a()) + ", "
                    + committed(event.b());
            case "tailRelease/1" -> "\"storeTail\", " + code(event.a());
            case "requestAcquire/0" -> "\"loadRequest\", " + (event.result() >> 2) + ", "
                    + (event.result() >> 1 & 1L) + ", " + (event.result() & 1L);
            case "settle" -> "\"settle\", " + event.result();
            case "getAndAddLost/2" -> count(Visible.LOSSES, event.a(), 0L, 1L, event.b());
            case "getAndAddTally/4" -> count(Visible.FATES, event.a(), event.b(), event.c(), event.d());
            case "ownDeliveredOpaque/3" -> count(Visible.FATES, kernel.counter("DELIVERED"), 1L, event.a(), event.b());
            case "commitOpaque/2" -> "\"reset\", " + event.a() + ", " + event.b();
            case "paddingOpaque/2" -> "\"padding\", " + event.a() + ", " + unscale(event.b());
            case "recordsOpaque/2" -> "\"records\", " + event.a() + ", " + event.b();
            case "closedVolatile/0" -> "\"isClosed\", " + event.result();
            case "closedVolatile/1" -> "\"closed\", " + event.a();
            case "waitingVolatile/0" -> "\"waiting\", " + event.result();
            case "write" -> "\"write\", " + code(event.a()) + ", " + unscale(event.b());
            case "onStart" -> "\"onStart\", " + sequence(event.a());
            case "onEnd", "read" -> "\"" + event.accessor() + "\", " + sequence(event.a()) + ", "
                    + unscale(event.b()) + ", " + event.c();
            default -> "\"" + event.accessor() + "\"";
        };
    }

    /** Bytes and records of a commit word. */
    private String committed(long word) {
        return unscale(TraceMerge.bytes(word)) + ", " + (word >>> 32);
    }

    private String count(List<String> names, long counter, long subBuffers, long records, long bytes) {
        final String name = names.stream().filter(candidate -> kernel.counter(candidate) == counter).findFirst()
                .orElseThrow();
        return "\"count\", \"" + name + "\", " + subBuffers + ", " + records + ", " + unscale(bytes);
    }

    private String end() {
        final int[] state = kernel.visible();
        final StringBuilder line = new StringBuilder("<<\"end\", ");
        final int sequence = Math.floorMod(state[0] + constants.first(), constants.modulus());
        line.append(code(sequence, state[1], state[2], state[3]))
                .append(", ").append(Math.floorMod(state[4] + constants.first(), constants.modulus()))
                .append(", ").append(state[7]);
        int at = Visible.SLOTS;
        for (int slot = 0; slot < constants.count(); slot++) {
            line.append(", <<").append(unscale(state[at])).append(", ").append(state[at + 1]).append(", ")
                    .append(unscale(state[at + 2])).append(", ").append(state[at + 3]).append(", ")
                    .append(Math.floorMod(state[at + 4] + constants.first(), constants.modulus())).append(">>");
            at += 5;
        }
        for (final String counter : Visible.COUNTERS) {
            line.append(", <<\"").append(counter).append("\", ").append(state[at]).append(", ").append(state[at + 1])
                    .append(", ").append(unscale(state[at + 2])).append(">>");
            at += 3;
        }
        return line.append(">>").toString();
    }

    private int code(long tail) {
        final int[] parts = kernel.parts(tail);
        return code(Math.floorMod(parts[0] + constants.first(), constants.modulus()), parts[1], parts[2], parts[3]);
    }

    /** As {@code Code} in {@code RelayTrace.tla}. */
    private int code(int sequence, int offset, int finalized, int paused) {
        return (sequence * 64 + unscale(offset)) * 4 + finalized * 2 + paused;
    }

    /** A sequence, or a {@code delivered} word that may be marked. */
    private int sequence(long sequence) {
        return Math.floorMod(kernel.delta(sequence) + constants.first(), constants.modulus())
                + (kernel.isPassed(sequence) ? constants.modulus() : 0);
    }

    private int unscale(long bytes) {
        return bytes % constants.scale() == 0L ? (int) (bytes / constants.scale()) : FOREIGN;
    }
}
