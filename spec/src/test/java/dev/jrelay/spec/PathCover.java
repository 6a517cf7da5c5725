// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Paths from the initial state that together contain every edge of a graph. Each path goes on over edges that are not
 * covered yet as long as it can, looks around for one nearby, and ends when there is none.
 */
final class PathCover {
    /** How many nodes to look at for an uncovered edge before the path is given up. */
    private static final int SEARCH = 64;

    private final Graph graph;
    private final BitSet covered = new BitSet();
    /** The edge by which a breadth-first search reaches each node; -1 for the initial state. */
    private final int[] reachedBy;
    /** How many of the outgoing edges of each node are covered: they are taken in their order. */
    private final int[] taken;
    private int candidate;

    PathCover(Graph graph) {
        this.graph = graph;
        this.reachedBy = new int[graph.nodes()];
        this.taken = new int[graph.nodes()];
        Arrays.fill(reachedBy, -2);
        reachedBy[0] = -1;
        final ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(0));
        while (!queue.isEmpty()) {
            for (final int edge : graph.outgoing(queue.remove())) {
                final int to = graph.edges.get(edge).to();
                if (reachedBy[to] == -2) {
                    reachedBy[to] = edge;
                    queue.add(to);
                }
            }
        }
    }

    /** The edges of another path; empty when all edges are covered. */
    List<Integer> next() {
        while (candidate < graph.edges.size() && covered.get(candidate)) {
            candidate++;
        }
        if (candidate == graph.edges.size()) {
            return List.of();
        }
        final ArrayDeque<Integer> way = new ArrayDeque<>(List.of(candidate));
        for (int edge = reachedBy[graph.edges.get(candidate).from()]; edge >= 0;) {
            way.addFirst(edge);
            edge = reachedBy[graph.edges.get(edge).from()];
        }
        final List<Integer> path = new ArrayList<>(way);
        path.forEach(covered::set);
        int node = graph.edges.get(candidate).to();
        for (List<Integer> more = onward(node); !more.isEmpty(); more = onward(node)) {
            more.forEach(covered::set);
            path.addAll(more);
            node = graph.edges.get(more.getLast()).to();
        }
        return path;
    }

    /** The way over the nearest edge that is not covered; empty if there is none nearby. */
    private List<Integer> onward(int start) {
        final Map<Integer, Integer> cameBy = new HashMap<>();
        final ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
        cameBy.put(start, -1);
        while (!queue.isEmpty() && cameBy.size() < SEARCH) {
            final int node = queue.remove();
            final int edge = uncovered(node);
            if (edge >= 0) {
                final ArrayDeque<Integer> way = new ArrayDeque<>(List.of(edge));
                for (int back = cameBy.get(node); back >= 0; back = cameBy.get(graph.edges.get(back).from())) {
                    way.addFirst(back);
                }
                return List.copyOf(way);
            }
            for (final int out : graph.outgoing(node)) {
                final int to = graph.edges.get(out).to();
                if (cameBy.putIfAbsent(to, out) == null) {
                    queue.add(to);
                }
            }
        }
        return List.of();
    }

    private int uncovered(int node) {
        final List<Integer> edges = graph.outgoing(node);
        while (taken[node] < edges.size()) {
            final int edge = edges.get(taken[node]);
            if (!covered.get(edge)) {
                return edge;
            }
            taken[node]++;
        }
        return -1;
    }
}
