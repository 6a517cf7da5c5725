// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.LogNormalDistribution;

/**
 * How long messages are: 65,536 equally likely lengths, bytes. Formulas and simulation use the same table, so that they
 * can differ only in what they model.
 */
final class MessageSizes {
    static final int COUNT = 1 << 16;
    /** The longest message, bytes. */
    static final int MAX = 1 << 24;

    private static final String EXPECTED = "fixed:64, uniform:1-256, lognormal:MEDIAN,SIGMA, mix:64@.9,1500@.1 or "
            + "hist:FILE with lines 'bytes,count'";

    private final String name;
    private final int[] table;
    private final double mean;
    private final double meanSquare;

    private MessageSizes(String name, int[] table) {
        this.name = name;
        this.table = table;
        this.mean = IntStream.of(table).average().orElseThrow();
        this.meanSquare = IntStream.of(table).mapToDouble(size -> (double) size * size).average().orElseThrow();
    }

    /** Reads the value of {@code --sizes}. */
    static MessageSizes parse(String text) throws IOException {
        final int colon = text.indexOf(':');
        final String values = text.substring(colon + 1);
        try {
            return switch (colon < 0 ? "" : text.substring(0, colon)) {
                case "fixed" -> mix(text, Map.of(length(values), 1.0));
                case "uniform" -> uniform(text, values);
                case "lognormal" -> lognormal(text, values);
                case "mix" -> mix(text, shares(values));
                case "hist" -> histogram(text, Path.of(values));
                default -> throw new IllegalArgumentException("must be " + EXPECTED);
            };
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--sizes '" + text + "': " + wrong.getMessage(), wrong);
        }
    }

    /** The lengths of the lines of a file, line ends included, up to the first 256 MiB. */
    static MessageSizes lines(Path file) throws IOException {
        final Map<Integer, Double> counts = new TreeMap<>();
        long left = 256L << 20;
        try (var in = Files.newInputStream(file)) {
            final byte[] chunk = new byte[1 << 16];
            int length = 0;
            for (int n = in.read(chunk); n > 0 && left > 0L; n = in.read(chunk)) {
                left -= n;
                for (int i = 0; i < n; i++) {
                    length = Math.min(length + 1, MAX);
                    if (chunk[i] == '\n') {
                        counts.merge(length, 1.0, Double::sum);
                        length = 0;
                    }
                }
            }
            if (length > 0) {
                counts.merge(length, 1.0, Double::sum);
            }
        }
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("--from " + file + ": no lines in it");
        }
        return counted("lines of " + file, counts);
    }

    /** Lengths as often as they were counted. */
    static MessageSizes counted(String name, Map<Integer, Double> counts) {
        return mix(name, counts);
    }

    private static MessageSizes uniform(String name, String text) {
        final String[] ends = text.split("-", 2);
        final int from = length(ends[0]);
        final int to = length(ends[ends.length - 1]);
        if (ends.length != 2 || from > to) {
            throw new IllegalArgumentException("must be FROM-TO");
        }
        return of(name, share -> from + (int) (share * (to - from + 1)));
    }

    private static MessageSizes lognormal(String name, String text) {
        final String[] values = text.split(",", 2);
        final double sigma = values.length == 2 && values[1].matches("[0-9.]+") ? Double.parseDouble(values[1]) : 0.0;
        if (sigma <= 0.0 || sigma > 4.0) {
            throw new IllegalArgumentException("must be MEDIAN,SIGMA with SIGMA above 0, at most 4");
        }
        final LogNormalDistribution distribution = new LogNormalDistribution(Math.log(length(values[0])), sigma);
        return of(name, share -> (int) Math.clamp(
                Math.round(distribution.inverseCumulativeProbability(share)), 1L, MAX));
    }

    private static Map<Integer, Double> shares(String text) {
        final Map<Integer, Double> shares = new TreeMap<>();
        for (final String part : text.split(",")) {
            final String[] sides = part.split("@", 2);
            if (sides.length != 2) {
                throw new IllegalArgumentException("'" + part + "' must be BYTES@SHARE");
            }
            shares.merge(length(sides[0]), Shares.parse(sides[1]), Double::sum);
        }
        return shares;
    }

    private static MessageSizes histogram(String name, Path file) throws IOException {
        final Map<Integer, Double> counts = new TreeMap<>();
        for (final String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            final String[] columns = line.split(",");
            if (columns.length != 2 || !columns[1].strip().matches("[0-9]{1,15}")) {
                throw new IllegalArgumentException("line '" + line + "' must be 'bytes,count'");
            }
            counts.merge(length(columns[0].strip()), (double) Long.parseLong(columns[1].strip()), Double::sum);
        }
        return mix(name, counts);
    }

    private static MessageSizes mix(String name, Map<Integer, Double> weights) {
        final double total = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        if (total <= 0.0) {
            throw new IllegalArgumentException("no sizes in it");
        }
        final int[] lengths = weights.keySet().stream().sorted().mapToInt(Integer::intValue).toArray();
        final double[] upTo = new double[lengths.length];
        double sum = 0.0;
        for (int i = 0; i < lengths.length; i++) {
            sum += weights.get(lengths[i]) / total;
            upTo[i] = sum;
        }
        return of(name, share -> {
            final int at = Arrays.binarySearch(upTo, share);
            return lengths[Math.min(at < 0 ? -at - 1 : at, lengths.length - 1)];
        });
    }

    private static MessageSizes of(String name, java.util.function.DoubleToIntFunction quantile) {
        return new MessageSizes(name, IntStream.range(0, COUNT).map(i -> quantile.applyAsInt((i + 0.5) / COUNT))
                .toArray());
    }

    private static int length(String text) {
        final long length = Sizes.parse(text);
        if (length < 1L || length > MAX) {
            throw new IllegalArgumentException(text + " bytes: must be 1 to " + MAX);
        }
        return (int) length;
    }

    int sample(RandomGenerator random) {
        return table[random.nextInt() & COUNT - 1];
    }

    double mean() {
        return mean;
    }

    int max() {
        return table[COUNT - 1];
    }

    boolean isFixed() {
        return table[0] == table[COUNT - 1];
    }

    /** The mean room left that the next message does not fit into, bytes: E[L²] / 2 E[L]; fixed: (S - h) mod L. */
    double padding(long room) {
        return isFixed() ? room % table[0] : meanSquare / (2.0 * mean);
    }

    @Override
    public String toString() {
        return name;
    }
}
