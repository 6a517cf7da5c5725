// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.List;

/**
 * Benchmarks that run with the same parameters.
 *
 * @param names regular expressions from the start of a class name
 * @param parameters {@code key=a,b}
 */
record Selection(List<String> names, List<String> parameters) {
    private static final String SIZE_64 = "size=64";

    /** What answers the targets, and no more. */
    static final List<Selection> QUICK = List.of(
            of(List.of("ExclusiveWrite"), SIZE_64,
                    "subject=relay-exclusive-overwrite,relay-exclusive-overwrite-heap,relay-exclusive-overwrite-files,"
                            + "agrona-1to1,disruptor-single,none"),
            of(List.of("SharedWrite"), SIZE_64,
                    "subject=relay-shared-overwrite,relay-shared-overwrite-heap,relay-shared-overwrite-files,"
                            + "agrona-mto1,disruptor-multi,none"),
            of(List.of("ReserveCommit"), "subject=relay-shared-overwrite,relay-shared-overwrite-files,"
                    + "relay-exclusive-overwrite,relay-exclusive-overwrite-heap,relay-exclusive-overwrite-files,none"),
            of(List.of("CpuSelection.write", "CpuSelection.writer"), "selector=striped"),
            of(List.of("WritersOnOneBuffer.two"), SIZE_64),
            of(List.of("WritersOnOwnBuffers.one", "WritersOnOwnBuffers.two"), SIZE_64,
                    "subject=relay-shared-overwrite,relay-exclusive-overwrite"),
            of(List.of("Streaming"), "size=64,256"),
            of(List.of("TimedEvent")),
            of(List.of("LogToFile"), SIZE_64, "logger=relay-exclusive,relay-shared,mapped,chronicle"),
            of(List.of("DrainToFile"), "subBufferSize=1048576"),
            of(List.of("TailLatency")));

    private static Selection of(List<String> names, String... parameters) {
        return new Selection(names, List.of(parameters));
    }

    @Override
    public String toString() {
        return (names.isEmpty() ? "all" : String.join(" ", names)) + (parameters.isEmpty() ? "" : " "
                + String.join(" ", parameters));
    }
}
