// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Executes every edge of a state graph on the kernel. A path is replayed from the initial state on a fresh buffer, step
 * by step, each step being the kernel's own code from one access to the next; after each step the whole visible state
 * and the process's next call are compared with the node that the edge leads to. And the other way round: in each node
 * the processes that could make a step are those that have an edge.
 */
final class Replay {
    /** The first difference between the kernel and the model. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mismatch(String message) {
            super(message);
        }
    }

    private final Graph graph;
    private final Machine kernel;
    private final ActionTable.Row[] rows;
    private final Coroutine[] processes;
    private final boolean[] crashed;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Graph.Edge> path = new ArrayList<>();
    private final BitSet visited = new BitSet();
    private final BitSet replayed = new BitSet();
    private boolean permit;
    private boolean timesOut;
    private int node;
    private long steps;
    private int paths;

    Replay(Graph graph, Machine kernel) {
        this.graph = graph;
        this.kernel = kernel;
        this.rows = new ActionTable.Row[graph.edges.size()];
        this.processes = new Coroutine[graph.processes.size()];
        this.crashed = new boolean[processes.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = ActionTable.row(graph.edges.get(i).action());
        }
    }

    /** Replays all edges; throws {@link Mismatch} at the first one that the kernel does not follow. */
    void run() {
        Seam.install(new Seam.Hook() {
            @Override
            public void before(String accessor, long a, long b, long c, long d) {
                if (kernel.isStep(accessor)) {
                    Coroutine.pause(accessor, a, b, c, d);
                }
            }

            @Override
            public void after(long result) {
                final Coroutine call = Coroutine.running();
                if (call != null) {
                    call.setResult(result);
                    final Seam.Abandoned end = kernel.abandon(call.process, call.accessor(), call.argument(0), result);
                    if (end != null) {
                        throw end;
                    }
                }
            }

            @Override
            public void copying(byte[] source, long to, int length) {
                before("write", kernel.position(to), length, 0L, 0L);
                kernel.fill(source, to);
            }

            @Override
            public void spin() {
                Coroutine.running().setFree(); // the model makes one attempt
            }

            @Override
            public void park(Object blocker, long nanos) {
                Coroutine.pause("parkNanos", 0L, 0L, 0L, 0L);
                if (timesOut) {
                    throw new Seam.Abandoned(0L); // as if poll had looked at the clock before, and not slept
                }
                permit = false;
            }

            @Override
            public void unpark(Thread sleeper) {
                Coroutine.pause("unpark", 0L, 0L, 0L, 0L);
                permit = true;
            }

            @Override
            public long nanoTime() {
                return kernel.nanoTime();
            }

            @Override
            public long self() {
                return kernel.self(Coroutine.running().process);
            }

            @Override
            public int life(long process) {
                return kernel.life(Coroutine.running().process, process);
            }
        });
        try {
            final PathCover cover = new PathCover(graph);
            for (List<Integer> edges = cover.next(); !edges.isEmpty(); edges = cover.next()) {
                start();
                edges.forEach(this::follow);
                paths++;
            }
        } finally {
            Seam.install(null);
        }
    }

    private void start() {
        kernel.reset();
        permit = false;
        node = 0;
        path.clear();
        Arrays.fill(crashed, false);
        for (int i = 0; i < processes.length; i++) {
            begin(i);
            compareNext(i);
        }
        compareState();
    }

    private void begin(int process) {
        final String name = graph.processes.get(process);
        processes[process] = new Coroutine(name, kernel.body(name));
        resume(processes[process]);
    }

    /** Lets a process make the step that it stands in front of. */
    private void resume(Coroutine process) {
        process.resume();
        if (process.failure() != null) {
            throw mismatch(process.process + " fails: " + process.failure());
        }
    }

    private void follow(int index) {
        final Graph.Edge edge = graph.edges.get(index);
        path.add(edge);
        node = edge.to();
        if (edge.process() == Graph.NONE) {
            kernel.happen(edge.action(), graph.visible(node));
        } else {
            move(edge, rows[index]);
            compareNext(edge.process());
        }
        compareState();
        if (!replayed.get(index)) {
            replayed.set(index);
            counts.merge(edge.action(), 1, Integer::sum);
        }
        steps++;
    }

    private void move(Graph.Edge edge, ActionTable.Row row) {
        switch (edge.action()) {
            case Graph.CRASH -> crashed[edge.process()] = true;
            case Graph.CRASH_PASSING -> begin(edge.process());
            default -> {
                timesOut = edge.action().equals(Graph.TIMEOUT);
                step(processes[edge.process()], row, graph.next(edge.from(), edge.process()));
            }
        }
    }

    /** Makes the calls of one action. */
    private void step(Coroutine process, ActionTable.Row row, Expected expected) {
        if (row == null) {
            throw mismatch("actions.csv has no row for " + path.getLast().action());
        }
        final ActionTable.Call main = row.main();
        for (final ActionTable.Call call : row.calls()) {
            if (!call.isFor(graph.constants, process)) {
                continue;
            }
            if (process.ended() || !call.accessors().contains(process.accessor())) {
                if (!call.optional()) {
                    throw mismatch("the model calls " + call.accessors() + ", the kernel " + process);
                }
                continue;
            }
            if (call == main && !expected.arguments().allow(process)) {
                throw mismatch("the model calls " + call.accessors() + expected.arguments() + ", the kernel "
                        + process);
            }
            resume(process);
        }
    }

    /** The next call of one process, as the model has it, and as the kernel stands in front of it. */
    private void compareNext(int index) {
        final Coroutine process = processes[index];
        final Expected expected = graph.next(node, index);
        switch (expected.action()) {
            case "Crashed" -> { }
            case "Done" -> {
                if (!process.ended()) {
                    throw mismatch(process.process + " is done in the model, the kernel goes on to " + process);
                }
            }
            default -> {
                final ActionTable.Row row = ActionTable.row(expected.action());
                if (row == null) {
                    throw mismatch("actions.csv has no row for " + expected.action());
                }
                if (process.ended() || !row.startsWith(process.accessor())) {
                    throw mismatch(process.process + " goes on to " + expected.action() + " in the model, the kernel"
                            + " to " + process);
                }
                if (row.main().accessors().contains(process.accessor()) && row.main() == row.calls().getFirst()
                        && !expected.arguments().allow(process)) {
                    throw mismatch(process.process + " goes on to " + expected + " in the model, the kernel to "
                            + process);
                }
            }
        }
    }

    private void compareState() {
        final int[] model = graph.visible(node);
        final int[] real = kernel.visible();
        graph.view.setPermit(real, permit);
        final int difference = Visible.difference(model, real);
        if (difference >= 0) {
            throw mismatch(graph.view.name(difference) + " is " + model[difference]
                    + " in the model, " + real[difference] + " in the kernel");
        }
        if (!visited.get(node)) {
            visited.set(node);
            compareEnabled();
        }
    }

    /** The steps that the kernel could make here are the edges. */
    private void compareEnabled() {
        for (int i = 0; i < processes.length; i++) {
            final int process = i;
            final long edges = graph.outgoing(node).stream().map(graph.edges::get)
                    .filter(edge -> edge.process() == process && edge.isStep()).count();
            if (edges != steps(i)) {
                throw mismatch(processes[i].process + " could go on with " + processes[i] + ", the model has "
                        + edges + " steps for it");
            }
        }
    }

    /** In how many ways a process can go on. */
    private int steps(int index) {
        final Coroutine process = processes[index];
        if (process.ended() || crashed[index] || kernel.idles(process.process)) {
            return 0;
        }
        return process.accessor().equals("parkNanos") ? (permit ? 1 : 0) + (graph.constants.passes() ? 1 : 0) : 1;
    }

    private Mismatch mismatch(String what) {
        final StringBuilder message = new StringBuilder(what).append("\n  after");
        path.forEach(edge -> message.append(' ').append(edge.process() == Graph.NONE ? "world"
                : graph.processes.get(edge.process())).append('.').append(edge.action()));
        return new Mismatch(message.toString());
    }

    /** How many edges of each action were replayed. */
    Map<String, Integer> counts() {
        return counts;
    }

    int paths() {
        return paths;
    }

    long steps() {
        return steps;
    }

    /** Edges replayed; at the end all of them. */
    int edges() {
        return replayed.cardinality();
    }

    int nodes() {
        return visited.cardinality();
    }
}
