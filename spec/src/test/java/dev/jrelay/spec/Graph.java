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
    /** What happens to no single process of a model. */
    static final Set<String> WORLD = Set.of(CRASH, "Tick", "Stop", "GoOn");
    /** Stands for the process that makes such a step. */
    static final int NONE = -1;
    private static final String STUTTER = "Finished";

    /** One edge. */
    record Edge(int from, int to, int process, String action) {
        /** Whether it is a step of the process, not something that happens to it. */
        boolean isStep() {
            return process != NONE && !action.equals(CRASH) && !action.equals(CRASH_PASSING);
        }
    }

    final ModelConstants constants;
    final List<String> processes = new ArrayList<>();
    final List<Edge> edges = new ArrayList<>();
    final View view;
    private final List<int[]> visible = new ArrayList<>();
    private final List<int[]> next = new ArrayList<>();
    private final List<List<Integer>> outgoing = new ArrayList<>();
    private final Map<Long, Integer> ids = new HashMap<>();
    private final Map<List<Object>, Integer> known = new HashMap<>();
    private final List<Expected> expected = new ArrayList<>();
    private final List<Object[]> unread = new ArrayList<>();

    private Graph(ModelConstants constants) {
        this.constants = constants;
        this.view = View.of(constants);
    }

    /** Reads a dump; the first node is the initial state. */
    static Graph read(ModelConstants constants, Path dot) throws IOException {
        final Graph graph = new Graph(constants);
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
        visible.add(view.visible(state));
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
                expected.add(view.next(process, (String) pc.get(process), (Map<?, ?>) local.get(process)));
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
            final int mover = mover(from, to, (String) edge[2]);
            final Edge made = new Edge(from, to, mover,
                    mover == NONE || ENVIRONMENT.contains(edge[2]) ? (String) edge[2] : next(from, mover).action());
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

    private int mover(int from, int to, String action) {
        int mover = NONE;
        for (int i = 0; i < processes.size(); i++) {
            if (next.get(from)[i] != next.get(to)[i]) {
                if (mover != NONE) {
                    throw new IllegalStateException("two processes move in one step " + action);
                }
                mover = i;
            }
        }
        for (int i = 0; mover == NONE && from == to && i < processes.size(); i++) {
            if (next(from, i).action().equals(action)) { // a step that changes nothing
                mover = i;
            }
        }
        if (mover == NONE && !WORLD.contains(action)) {
            throw new IllegalStateException("nobody moves in step " + action);
        }
        return mover;
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
