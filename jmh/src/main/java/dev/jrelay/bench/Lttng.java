// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.List;

/** LTTng-UST, in C: {@code lttng.sh} measures it beside the benchmarks, so it is in none of their groups. */
final class Lttng {
    /** A recorded event, the row of {@code lttng.csv}. */
    static final String EVENT = "lttng-overwrite";

    static final List<Peer> PEERS = List.of(Peer.other(EVENT, "LTTng-UST event"));

    private Lttng() {
    }
}
