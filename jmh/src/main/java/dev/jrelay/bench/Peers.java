// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All peers, in the order in which they are shown. A new one is a file with its {@code PEERS} and a word here;
 * benchmarks, their defaults, tables and plots have it by the groups that it says it is in.
 */
final class Peers {
    private static final List<Peer> ALL = Stream.of(Relay.PEERS, Agrona.PEERS, AeronIpc.PEERS, Disruptor.PEERS,
            Queues.PEERS, JdkFiles.PEERS, Chronicle.PEERS, Jfr.PEERS, Lttng.PEERS, Logback.PEERS, Log4j.PEERS,
            Harness.PEERS).flatMap(List::stream).toList();

    private Peers() {
    }

    static List<Peer> all() {
        return ALL;
    }

    /** Those of a group. */
    static List<Peer> in(String group) {
        return ALL.stream().filter(peer -> peer.isIn(group)).toList();
    }

    /** The one of that name, if there is one. */
    static Optional<Peer> find(String name) {
        return ALL.stream().filter(peer -> peer.name().equals(name)).findFirst();
    }

    static boolean isIn(String group, String name) {
        return find(name).filter(peer -> peer.isIn(group)).isPresent();
    }

    /** Opens the one of that name. */
    static <T> T open(Class<T> kind, String name, Setting setting) {
        return find(name).orElseThrow(() -> new IllegalArgumentException(name + ": no peer is called so"))
                .open(kind, setting);
    }
}
