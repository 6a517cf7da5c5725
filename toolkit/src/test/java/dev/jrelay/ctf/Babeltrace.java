// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** What babeltrace2 reads in a trace. It is run as it comes, and must have nothing to complain about but losses. */
final class Babeltrace {
    private static final Pattern EVENT = Pattern.compile(
            "\\[(\\d+)\\.(\\d{9})] \\(\\+[0-9?.]+\\) (\\w+): \\{ cpu_id = (\\d+) }, \\{ len = (\\d+), \\w+ = (.*) }");
    private static final Pattern LOST = Pattern.compile(
            "WARNING: Tracer discarded (\\d+) (event|packet)s? between .* within stream \".*?(\\d+)\" \\(.*\\s*");

    /** Called for each event. */
    interface Events {
        void event(int cpu, long time, String name, int length, String value);
    }

    /** What is reported as lost, by the last number in the name of the stream file. */
    final Map<Integer, Long> lostEvents = new HashMap<>();
    final Map<Integer, Long> lostPackets = new HashMap<>();
    final Map<Integer, Long> events = new HashMap<>();
    String errors = "";

    private final Map<Integer, Long> times = new HashMap<>();

    private Babeltrace() {
    }

    /** Reads a trace, or skips the test if babeltrace2 cannot be had. */
    static Babeltrace read(Path trace, Events sink) throws IOException, InterruptedException {
        requireInstalled();
        final Path errorFile = Files.createTempFile("babeltrace", ".txt");
        final Process process = new ProcessBuilder("babeltrace2", "--clock-seconds", trace.toString())
                .redirectError(errorFile.toFile()).start();
        process.getOutputStream().close();
        final Babeltrace result = new Babeltrace();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                result.event(line, sink);
            }
        }
        final int exit = process.waitFor();
        result.errors = Files.readString(errorFile);
        Files.delete(errorFile);
        assertThat(exit).as(result.errors).isZero();
        result.losses();
        return result;
    }

    private static void requireInstalled() throws IOException, InterruptedException {
        if (isInstalled()) {
            return;
        }
        if (System.getenv("CI") != null) {
            new ProcessBuilder("../.ci/need", "babeltrace2").inheritIO().start().waitFor(5, TimeUnit.MINUTES);
        }
        Assumptions.assumeTrue(isInstalled(), "babeltrace2 is not installed: run .ci/need babeltrace2");
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("babeltrace2", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    private void event(String line, Events sink) {
        final Matcher matcher = EVENT.matcher(line);
        if (!matcher.matches()) {
            throw new AssertionError("no event: " + line);
        }
        final int cpu = Integer.parseInt(matcher.group(4));
        final long time = Long.parseLong(matcher.group(1)) * 1_000_000_000L + Long.parseLong(matcher.group(2));
        final Long before = times.put(cpu, time);
        if (before != null && before > time) {
            throw new AssertionError("time goes back from " + before + ": " + line);
        }
        events.merge(cpu, 1L, Long::sum);
        sink.event(cpu, time, matcher.group(3), Integer.parseInt(matcher.group(5)), matcher.group(6));
    }

    private void losses() {
        int found = 0;
        for (final String part : errors.split("(?=WARNING: )")) {
            final Matcher matcher = LOST.matcher(part);
            if (matcher.matches()) {
                final Map<Integer, Long> lost = matcher.group(2).equals("event") ? lostEvents : lostPackets;
                final BigInteger count = new BigInteger(matcher.group(1));
                lost.merge(Integer.valueOf(matcher.group(3)), count.longValueExact(), Long::sum);
                found++;
            } else {
                assertThat(part).as("complaint").isBlank();
            }
        }
        assertThat(found).isEqualTo(errors.split("WARNING: ", -1).length - 1);
    }
}
