// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.Map;
import java.util.Optional;

/** What a reader calls what the benchmarks' parameters and methods call by short names. */
final class Names {
    /** Methods that are compared as peers are elsewhere. */
    private static final Map<String, String> METHODS = Map.of("relay", "jrelay", "relaySynced",
            "jrelay, then fdatasync", "plain", "plain writes", "plainSpread", "plain writes from 16 MiB",
            "plainSynced", "plain writes, then fdatasync");

    private Names() {
    }

    /** The name for a reader; what has none keeps its own. */
    static String of(String name) {
        final String storage = storage(name);
        if (!storage.isEmpty()) {
            return of(name.substring(0, name.length() - storage.length() - 1)) + ", " + storage;
        }
        return Peers.find(name).map(Peer::label).orElse(METHODS.getOrDefault(name, name));
    }

    /** The storage at the end of a subject's name, see {@link Row#subject(String, String)}; empty if there is none. */
    private static String storage(String name) {
        return Place.ALL.stream().filter(storage -> name.endsWith("-" + storage)).findFirst().orElse("");
    }

    /** The project alone, without which of its classes. */
    static String project(String name) {
        return of(name).split("[ ,]")[0];
    }

    /** Whether it is a part of this project: a peer, in whatever storage, or a method. */
    static boolean isOwn(String name) {
        final String storage = storage(name);
        final String peer = storage.isEmpty() ? name : name.substring(0, name.length() - storage.length() - 1);
        final Optional<Peer> known = Peers.find(peer);
        return known.isPresent() ? known.get().isOwn() : METHODS.containsKey(name) && name.startsWith("relay");
    }

    /** Whether it is somebody else's; nobody's is what the benchmark itself costs. */
    static boolean isPeer(String name) {
        return !isOwn(name) && !name.equals(Harness.NONE);
    }
}
