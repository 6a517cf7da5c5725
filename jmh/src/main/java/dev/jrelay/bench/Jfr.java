// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.List;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;

/** JDK Flight Recorder: a custom event of one value, without a stack trace, in a running recording. */
final class Jfr {
    /** The event. */
    static final String EVENT = "jfr";

    static final List<Peer> PEERS = List.of(
            Peer.other(EVENT, "JFR event").as(Timed.class, setting -> new Recorded(), Group.TIMED));

    private static final long MAX_SIZE = 64L << 20;

    private Jfr() {
    }

    /** It reads its clock itself. */
    @Enabled
    @StackTrace(false)
    static final class ValueEvent extends Event {
        long value;
    }

    private static final class Recorded extends Timed {
        private final Recording recording = new Recording();

        Recorded() {
            recording.setMaxSize(MAX_SIZE);
            recording.enable(ValueEvent.class).withoutStackTrace().withoutThreshold();
            recording.start();
        }

        @Override
        long events(int count) {
            for (int i = 0; i < count; i++) {
                final ValueEvent event = new ValueEvent();
                event.value = i;
                event.commit();
            }
            return count;
        }

        @Override
        public void close() {
            recording.close();
        }
    }
}
