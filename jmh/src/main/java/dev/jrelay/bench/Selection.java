// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Benchmarks that run with the same parameters.
 *
 * @param names regular expressions from the start of a class name
 * @param parameters {@code key=a,b}
 */
record Selection(List<String> names, List<String> parameters) {
    private static final String SIZE_64 = "size=64";
    private static final String RECORDERS = "subject=" + Group.OVERWRITE;
    private static final String COMMA = ",";

    /** What answers the targets, and no more. */
    static final List<Selection> QUICK = List.of(
            of(List.of("ExclusiveWrite", "SharedWrite"), SIZE_64, RECORDERS + COMMA + Group.OTHERS),
            of(List.of("ReserveCommit"), RECORDERS + COMMA + Harness.NONE),
            of(List.of("CpuSelection.write", "CpuSelection.writer"), "selector=striped"),
            of(List.of("WritersOnOneBuffer.two"), SIZE_64),
            of(List.of("WritersOnOwnBuffers.one", "WritersOnOwnBuffers.two"), SIZE_64, RECORDERS),
            of(List.of("Streaming"), "size=64,256"),
            of(List.of("TimedEvent")),
            of(List.of("LogToFile"), SIZE_64, "logger=" + String.join(COMMA, Relay.EXCLUSIVE, Relay.SHARED,
                    JdkFiles.MAPPED, Chronicle.QUEUE)),
            of(List.of("DrainToFile"), "subBufferSize=1048576"),
            of(List.of("TailLatency")));

    private static Selection of(List<String> names, String... parameters) {
        return new Selection(names, List.of(parameters));
    }

    /**
     * What JMH is to run for it.
     *
     * @throws IllegalArgumentException if a parameter has no value, or nothing is chosen
     */
    List<Part> parts() {
        final Map<String, List<String>> values = new LinkedHashMap<>();
        for (final String parameter : parameters) {
            final int equals = parameter.indexOf('=');
            if (equals < 1 || equals == parameter.length() - 1) {
                throw new IllegalArgumentException("--param " + parameter + ": must be KEY=A,B");
            }
            values.computeIfAbsent(parameter.substring(0, equals), key -> new ArrayList<>())
                    .addAll(List.of(parameter.substring(equals + 1).split(COMMA)));
        }
        return Part.of(names, values);
    }

    @Override
    public String toString() {
        return (names.isEmpty() ? "all" : String.join(" ", names)) + (parameters.isEmpty() ? "" : " "
                + String.join(" ", parameters));
    }
}
