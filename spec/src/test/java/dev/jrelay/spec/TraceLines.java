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

    private void writer(List<Event> log, Event event) {
        switch (event.accessor()) {
            case "paddingOpaque/1", "recordsOpaque/1", "completeOpaque/2", "reservedFence/0", "copiedFence/0" -> { }
            case "getAndAddCounter/2" -> counter(log, event);
            default -> lines.put(event, line(event));
        }
    }

    /** Counters are added to one after the other: the first one stands for all. */
    private void counter(List<Event> log, Event event) {
        for (final String name : Visible.COUNTERS) {
            if (kernel.counter(name) == event.a()) {
                final boolean subBuffers = List.of("OVERWRITTEN", "SKIPPED").contains(name);
                final int from = indexOf(log, event);
                final long[] added = new long[3];
                for (int i = subBuffers ? 0 : 1; i < 3; i++) {
                    final int next = from + i - (subBuffers ? 0 : 1);
                    final boolean there = next < log.size() && log.get(next).is("getAndAddCounter/2")
                            && log.get(next).a() == event.a() + 8L * (next - from);
                    added[i] = there ? log.get(next).b() : FOREIGN;
                }
                lines.put(event, "\"count\", \"" + name + "\", " + added[0] + ", " + added[1] + ", "
                        + unscale(added[2]));
            }
        }
    }

    private static int indexOf(List<Event> log, Event event) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i) == event) {
                return i;
            }
        }
        throw new IllegalStateException("not in the log: " + event);
    }

    /** Where a consumer is. */
    private enum Stage { CONSUMED, DELIVERED, READ, CONSUME, COUNT, SKIP_CONSUMED, SKIP_TAIL, SKIP }

    private void consumer(List<Event> log) {
        Stage stage = Stage.CONSUMED;
        long sequence = 0L;
        for (int i = 0; i < log.size(); i++) {
            final Event event = log.get(i);
            final boolean isConsumed = event.is("consumedAcquire/0");
            if (stage == Stage.COUNT && !event.is("counterOpaque/1", "ownCounterOpaque/2")
                    || stage == Stage.SKIP && isConsumed) {
                stage = Stage.CONSUMED;
            }
            final Stage now = stage;
            boolean shown = true;
            switch (now) {
                case CONSUMED -> {
                    sequence = event.result();
                    stage = Stage.DELIVERED;
                }
                case DELIVERED -> {
                    if (event.is("deliveredAcquire/1")) {
                        final boolean ready = kernel.delta(event.result()) == kernel.delta(sequence) + 1;
                        stage = ready ? Stage.READ : constants.overwrite() ? Stage.DELIVERED : Stage.CONSUMED;
                    } else { // overwrite mode: looks whether consumed has moved
                        shown = false;
                        stage = Stage.CONSUMED;
                    }
                }
                case READ -> {
                    shown = constants.overwrite() ? event.is("paddingOpaque/1") : event.is("read");
                    stage = event.is(constants.overwrite() ? "recordsOpaque/1" : "read") ? Stage.CONSUME : Stage.READ;
                }
                case CONSUME -> {
                    shown = event.is("casConsumed/2");
                    if (shown) {
                        stage = event.result() == 1L ? Stage.COUNT
                                : constants.overwrite() ? Stage.SKIP_CONSUMED : Stage.CONSUMED;
                    }
                }
                case COUNT -> {
                    shown = log.get(i - 1).is("casConsumed/2");
                    if (shown) {
                        lines.put(event, delivered(log, i));
                        continue;
                    }
                }
                case SKIP_CONSUMED -> stage = Stage.SKIP_TAIL;
                case SKIP_TAIL -> stage = Stage.SKIP;
                case SKIP -> {
                    if (event.is("getAndAddCounter/2")) {
                        counter(log, event);
                    }
                    shown = event.is("deliveredAcquire/1", "casConsumed/2");
                }
                default -> throw new IllegalStateException(now.name());
            }
            if (shown) {
                lines.put(event, now == Stage.READ && constants.overwrite() ? "\"copy\"" : line(event));
            }
        }
    }

    /** What the consumer's own counters are after it has counted. */
    private String delivered(List<Event> log, int from) {
        final long[] after = {FOREIGN, FOREIGN, FOREIGN};
        for (int i = from; i < log.size() && log.get(i).is("counterOpaque/1", "ownCounterOpaque/2"); i++) {
            final long index = (log.get(i).a() - kernel.counter("DELIVERED")) / 8L;
            if (log.get(i).is("ownCounterOpaque/2") && index >= 0L && index < 3L) {
                after[(int) index] = log.get(i).b();
            }
        }
        return "\"delivered\", " + after[0] + ", " + after[1] + ", " + unscale(after[2]);
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
            case "deliveredVolatile/2" -> "\"deliver\", " + event.a() + ", " + sequence(event.b());
            case "getAndAddCommit/2" -> "\"commit\", " + event.a() + ", " + unscale(TraceMerge.bytes(event.result()))
                    + ", " + (event.result() >>> 32) + ", " + unscale(TraceMerge.bytes(event.b())) + ", "
                    + (event.b() >>> 32);
            case "commitOpaque/2" -> "\"reset\", " + event.a() + ", " + event.b();
            case "paddingOpaque/2" -> "\"padding\", " + event.a() + ", " + unscale(event.b());
            case "recordsOpaque/2" -> "\"records\", " + event.a() + ", " + event.b();
            case "closedVolatile/1" -> "\"closed\", " + event.a();
            case "waitingVolatile/0" -> "\"waiting\", " + event.result();
            case "write" -> "\"write\", " + code(event.a()) + ", " + unscale(event.b());
            case "onStart" -> "\"onStart\", " + sequence(event.a());
            case "onEnd", "read" -> "\"" + event.accessor() + "\", " + sequence(event.a()) + ", "
                    + unscale(event.b()) + ", " + event.c();
            default -> "\"" + event.accessor() + "\"";
        };
    }

    private String end() {
        final int[] state = kernel.visible();
        final StringBuilder line = new StringBuilder("<<\"end\", ");
        final int sequence = Math.floorMod(state[0] + constants.first(), constants.modulus());
        line.append(code(sequence, state[1], state[2], state[3]))
                .append(", ").append(Math.floorMod(state[4] + constants.first(), constants.modulus()));
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

    private int sequence(long sequence) {
        return Math.floorMod(kernel.delta(sequence) + constants.first(), constants.modulus());
    }

    private int unscale(long bytes) {
        return bytes % constants.scale() == 0L ? (int) (bytes / constants.scale()) : FOREIGN;
    }
}
