// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The state graph of a configuration, read from what TLC wrote with {@code -dump dot,actionlabels}. Nodes keep what can
 * be compared with the kernel: the visible state, and for each process what it is to do next.
 */
final class Graph {
    /** An edge that no process of the kernel makes: a crash, which the environment does. */
    static final String CRASH = "Crash";
    /** The same of a consumer; the next one begins where it stood. */
    static final String CRASH_PASSING = "CrashPassing";
    /** The consumer does not sleep any longer: the environment's choice, too. */
    static final String TIMEOUT = "Timeout";
    private static final Set<String> ENVIRONMENT = Set.of(CRASH, CRASH_PASSING, TIMEOUT);
    private static final String STUTTER = "Finished";

    /** One edge. */
    record Edge(int from, int to, int process, String action) {
        /** Whether it is a step of the process, not something that happens to it. */
        boolean isStep() {
            return !action.equals(CRASH) && !action.equals(CRASH_PASSING);
        }
    }

    final ModelConstants constants;
    final List<String> processes = new ArrayList<>();
    final List<Edge> edges = new ArrayList<>();
    private final Kernel kernel;
    private final List<int[]> visible = new ArrayList<>();
    private final List<int[]> next = new ArrayList<>();
    private final List<List<Integer>> outgoing = new ArrayList<>();
    private final Map<Long, Integer> ids = new HashMap<>();
    private final Map<List<Object>, Integer> known = new HashMap<>();
    private final List<Expected> expected = new ArrayList<>();
    private final List<Object[]> unread = new ArrayList<>();

    private Graph(ModelConstants constants, Kernel kernel) {
        this.constants = constants;
        this.kernel = kernel;
    }

    /** Reads a dump; the first node is the initial state. */
    static Graph read(ModelConstants constants, Kernel kernel, Path dot) throws IOException {
        final Graph graph = new Graph(constants, kernel);
        try (BufferedReader lines = Files.newBufferedReader(dot)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final int label = line.indexOf(" [label=\"");
                final int arrow = line.indexOf(" -> ");
                if (label > 0 && arrow > 0 && arrow < label) {
                    final int end = line.indexOf('"', label + 9);
                    graph.unread.add(new Object[] {Long.parseLong(line, 0, arrow, 10),
                        Long.parseLong(line, arrow + 4, label, 10), line.substring(label + 9, end).intern()});
                } else if (label > 0 && line.startsWith("/\\\\", label + 9)) {
                    graph.node(Long.parseLong(line, 0, label, 10), line, label + 9);
                }
            }
        }
        graph.connect();
        return graph;
    }

    private void node(long id, String line, int from) {
        if (ids.putIfAbsent(id, visible.size()) != null) {
            return;
        }
        final StringBuilder text = new StringBuilder(line.length());
        for (int i = from; i < line.length() && line.charAt(i) != '"'; i++) {
            final char c = line.charAt(i);
            if (c != '\\') {
                text.append(c);
            } else {
                i++;
                text.append(line.charAt(i) == 'n' ? '\n' : line.charAt(i));
            }
        }
        final Map<String, Object> state = TlaValue.state(text.toString());
        visible.add(Visible.of(constants, state));
        next.add(processes(state));
        outgoing.add(new ArrayList<>(3));
    }

    private int[] processes(Map<String, Object> state) {
        final Map<?, ?> pc = (Map<?, ?>) state.get("pc");
        final Map<?, ?> local = (Map<?, ?>) state.get("local");
        if (processes.isEmpty()) {
            pc.keySet().stream().map(Object::toString).sorted().forEach(processes::add);
        }
        final int[] states = new int[processes.size()];
        for (int i = 0; i < states.length; i++) {
            final String process = processes.get(i);
            final List<Object> key = List.of(i, pc.get(process), local.get(process));
            Integer known = this.known.get(key);
            if (known == null) {
                known = expected.size();
                this.known.put(key, known);
                expected.add(Expected.of(constants, kernel, process, (String) pc.get(process),
                        (Map<?, ?>) local.get(process)));
            }
            states[i] = known;
        }
        return states;
    }

    /** Finds out who makes each edge: the process whose pc or local variables change. */
    private void connect() {
        for (final Object[] edge : unread) {
            final int from = ids.get((Long) edge[0]);
            final int to = ids.get((Long) edge[1]);
            if (edge[2].equals(STUTTER)) {
                continue;
            }
            int mover = -1;
            for (int i = 0; i < processes.size(); i++) {
                if (next.get(from)[i] != next.get(to)[i]) {
                    if (mover >= 0) {
                        throw new IllegalStateException("two processes move in one step " + edge[2]);
                    }
                    mover = i;
                }
            }
            if (mover < 0) {
                throw new IllegalStateException("nobody moves in step " + edge[2]);
            }
            final Edge made = new Edge(from, to, mover,
                    ENVIRONMENT.contains(edge[2]) ? (String) edge[2] : next(from, mover).action());
            // TLC writes an edge as often as it finds its condition to be true.
            if (outgoing.get(from).stream().noneMatch(other -> edges.get(other).equals(made))) {
                outgoing.get(from).add(edges.size());
                edges.add(made);
            }
        }
        unread.clear();
        known.clear();
        ids.clear();
    }

    int nodes() {
        return visible.size();
    }

    int[] visible(int node) {
        return visible.get(node);
    }

    /** What a process is to do next in a state. */
    Expected next(int node, int process) {
        return Objects.requireNonNull(expected.get(next.get(node)[process]));
    }

    /** Indexes of the edges that leave a node. */
    List<Integer> outgoing(int node) {
        return outgoing.get(node);
    }
}
