// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.Map;

/** What a reader calls what the benchmarks' parameters and methods call by short names. */
final class Names {
    private static final Map<String, String> SUFFIXES = Map.of("-overwrite", ", overwrite", "-heap", ", heap", "-files",
            ", files");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("relay", "jrelay"),
            Map.entry("relay-exclusive", "jrelay exclusive"),
            Map.entry("relay-shared", "jrelay shared"),
            Map.entry("relayExclusive", "jrelay exclusive"),
            Map.entry("relayShared", "jrelay shared"),
            Map.entry("agrona-1to1", "Agrona one-to-one"),
            Map.entry("agrona-mto1", "Agrona many-to-one"),
            Map.entry("aeron-exclusive", "Aeron exclusive"),
            Map.entry("aeron-shared", "Aeron shared"),
            Map.entry("disruptor-single", "Disruptor, one producer"),
            Map.entry("disruptor-multi", "Disruptor, many producers"),
            Map.entry("jctools-spsc", "JCTools SPSC"),
            Map.entry("jctools-mpsc", "JCTools MPSC"),
            Map.entry("abq", "ArrayBlockingQueue"),
            Map.entry("none", "the benchmark alone"),
            Map.entry("jfr", "JFR event"),
            Map.entry("nanoTime", "the clock alone"),
            Map.entry("mapped", "append to a mapped file"),
            Map.entry("chronicle", "Chronicle Queue"),
            Map.entry("buffered-8k", "stream with 8 KiB"),
            Map.entry("buffered-64k", "stream with 64 KiB"),
            Map.entry("file-channel", "file channel"),
            Map.entry("relaySynced", "jrelay, then fdatasync"),
            Map.entry("plainSynced", "plain writes, then fdatasync"),
            Map.entry("plain", "plain writes"));

    private Names() {
    }

    /** The name for a reader; what has none keeps its own. */
    static String of(String name) {
        for (final Map.Entry<String, String> suffix : SUFFIXES.entrySet()) {
            if (name.endsWith(suffix.getKey())) {
                return of(name.substring(0, name.length() - suffix.getKey().length())) + suffix.getValue();
            }
        }
        return NAMES.getOrDefault(name, name);
    }

    /** The project alone, without which of its classes. */
    static String project(String name) {
        return of(name).split("[ ,]")[0];
    }

    /** Whether it is a part of this project. */
    static boolean isOwn(String name) {
        return name.startsWith("relay");
    }
}
