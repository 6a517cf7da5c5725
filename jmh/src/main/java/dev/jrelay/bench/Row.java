// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What {@code jmh.json.gz} says of one benchmark with one set of parameters.
 *
 * @param type the benchmark's class
 * @param method its method
 * @param threads its threads
 * @param params its parameters
 * @param unit of the values
 * @param values one for each iteration of each JVM; none where JMH keeps a histogram
 * @param median of the values
 * @param min of the values
 * @param counters the other metrics' scores
 */
record Row(String type, String method, int threads, Map<String, String> params, String unit, List<Double> values,
        double median, double min, Map<String, Double> counters) {
    static final String SUBJECT = "subject";
    /** The subject of benchmarks that write to files. */
    static final String LOGGER = "logger";
    /** The subject of benchmarks of logging frameworks. */
    static final String FRAMEWORK = "framework";
    static final String SIZE = "size";

    /** All of a file's. */
    static List<Row> read(Path json) throws IOException {
        try (Reader reader = new InputStreamReader(new GZIPInputStream(Files.newInputStream(json)),
                StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonArray().asList().stream()
                    .map(element -> of(element.getAsJsonObject())).toList();
        }
    }

    private static Row of(JsonObject row) {
        final String name = row.get("benchmark").getAsString();
        final int dot = name.lastIndexOf('.');
        final Map<String, String> params = new LinkedHashMap<>();
        if (row.has("params")) {
            row.getAsJsonObject("params").asMap().forEach((key, value) -> params.put(key, value.getAsString()));
        }
        final String method = method(name.substring(0, dot), name.substring(dot + 1), params);
        params.keySet().stream().filter(Row::isSubject).findFirst().ifPresent(key -> params.put(key,
                subject(params.get(key), params.getOrDefault(Place.STORAGE, Place.MEMORY))));
        if (params.keySet().stream().anyMatch(Row::isSubject)) {
            params.remove(Place.STORAGE);
        }
        final Map<String, Double> counters = new LinkedHashMap<>();
        row.getAsJsonObject("secondaryMetrics").asMap().forEach((key, metric) -> counters.put(key,
                metric.getAsJsonObject().get("score").getAsDouble()));
        final JsonObject primary = row.getAsJsonObject("primaryMetric");
        final List<Double> values = new ArrayList<>();
        if (primary.has("rawData")) {
            for (final JsonElement jvm : primary.getAsJsonArray("rawData")) {
                jvm.getAsJsonArray().forEach(value -> values.add(value.getAsDouble()));
            }
        }
        final JsonObject percentiles = primary.getAsJsonObject("scorePercentiles");
        return new Row(name.substring(0, dot), method, row.get("threads").getAsInt(), params,
                primary.get("scoreUnit").getAsString(), values, percentiles.get("50.0").getAsDouble(),
                percentiles.get("0.0").getAsDouble(), counters);
    }

    /** A subject with its storage, if that is not memory; earlier runs have it so in their files. */
    static String subject(String name, String storage) {
        return storage.equals(Place.MEMORY) ? name : name + "-" + storage;
    }

    /** Earlier runs have a method for each kind of event with a time, where now there is a subject. */
    private static String method(String type, String method, Map<String, String> params) {
        final String subject = switch (method) {
            case "relayShared" -> Relay.SHARED + Relay.OVERWRITE;
            case "relayExclusive" -> Relay.EXCLUSIVE + Relay.OVERWRITE;
            case "nanoTime" -> Harness.CLOCK;
            default -> method;
        };
        if (!type.endsWith("TimedEvent") || params.containsKey(SUBJECT)) {
            return method;
        }
        params.put(SUBJECT, subject);
        return "event";
    }

    /** The class, without its package. */
    String simpleType() {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** The median's 95 % interval; the median alone where JMH kept no single values. */
    Sample.Interval interval() {
        return values.isEmpty() ? new Sample.Interval(median, median) : new Sample(subject(), values).interval();
    }

    boolean is(String simpleType, String name) {
        return simpleType().equals(simpleType) && method.equals(name);
    }

    /** Whether this is a method alone, on one thread, which is what the costs beside peers and C are about. */
    boolean isAlone(String simpleType, String name) {
        return is(simpleType, name) && threads == 1;
    }

    String param(String key) {
        return params.getOrDefault(key, "");
    }

    /** Who is written to; empty where that is no question. */
    String subject() {
        return params.getOrDefault(SUBJECT, params.getOrDefault(LOGGER, param(FRAMEWORK)));
    }

    static boolean isSubject(String key) {
        return key.equals(SUBJECT) || key.equals(LOGGER) || key.equals(FRAMEWORK);
    }

    /** What one of {@link #unit()} is in ns. */
    double nanosPerUnit() {
        return switch (unit.substring(0, unit.indexOf('/'))) {
            case "ns" -> 1.0;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            default -> throw new IllegalStateException("a benchmark's unit must be ns, us or ms, not " + unit);
        };
    }

    /** The parameters in which {@code rows} differ, apart from the size of a record. */
    List<String> varying(List<Row> rows) {
        return params.keySet().stream().filter(key -> !key.equals(SIZE))
                .filter(key -> rows.stream().map(row -> row.param(key)).distinct().count() > 1L).toList();
    }
}
