// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one run of TLC said, read from its {@code -tool} output, in which each message has a number. */
final class TlcResult {
    /** Exit codes of TLC. A model is killed only by the right one: what does not parse is not killed. */
    static final int OK = 0;
    static final int ASSUMPTION = 10;
    static final int DEADLOCK = 11;
    static final int INVARIANT = 12;
    static final int PROPERTY = 13;
    static final int TIMED_OUT = -1;

    private static final Pattern MESSAGE = Pattern.compile("@!@!@STARTMSG (\\d+):.*");
    private static final Pattern COUNTS = Pattern.compile(
            "([\\d,]+) states generated.*?([\\d,]+) distinct states found.*?([\\d,]+) states left.*");
    private static final Pattern DEPTH = Pattern.compile("The depth of the complete state graph search is (\\d+)\\.");
    private static final Pattern VIOLATED = Pattern.compile("(?:Invariant|Action property) (.+?) is violated.*");
    private static final Pattern STEP = Pattern.compile("\\d+: <(\\S+).*");
    private static final Pattern COVERED = Pattern.compile("<(\\w+) line .* of module (\\w+)>: (\\d+):(\\d+)");

    /** One state of a counterexample, and the action that led to it. */
    record Step(String action, Map<String, Object> state) { }

    private final StringBuilder output = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final List<String> errors = new ArrayList<>();
    private final List<Step> trace = new ArrayList<>();
    private final Map<String, Long> coverage = new LinkedHashMap<>();
    private int message = -1;
    private int exit = TIMED_OUT;
    private Duration time = Duration.ZERO;
    private String violated = "";
    private long total;
    private long distinct;
    private int depth;
    private boolean loops;
    private String version = "";

    void add(String line) {
        final Matcher start = MESSAGE.matcher(line);
        if (start.matches()) {
            message = Integer.parseInt(start.group(1));
            body.setLength(0);
        } else if (line.startsWith("@!@!@ENDMSG")) {
            end(body.toString());
            message = -1;
        } else {
            body.append(line).append('\n');
        }
        if (message != 2221 && output.length() < 4_000_000) {
            output.append(line).append('\n');
        }
    }

    private void end(String text) {
        switch (message) {
            case 2262 -> version = text.strip();
            case 2110, 2107, 2112 -> violated = group(VIOLATED, text, violated);
            case 2116 -> violated = "temporal";
            case 2114 -> violated = "Deadlock";
            case 2104 -> violated = "assumption";
            case 2122, 2218 -> loops = true;
            case 2194 -> depth = Integer.parseInt(group(DEPTH, text, "0"));
            case 2199 -> counts(text);
            case 2217 -> step(text);
            case 2772 -> covered(text);
            default -> { }
        }
        if (message >= 1000 && message < 2000 || message >= 2100 && message < 2170 && message != 2121) {
            errors.add(text.strip());
        }
    }

    private static String group(Pattern pattern, String text, String otherwise) {
        final Matcher matcher = pattern.matcher(text.lines().findFirst().orElse(""));
        return matcher.matches() ? matcher.group(1) : otherwise;
    }

    private void counts(String text) {
        final Matcher matcher = COUNTS.matcher(text.strip());
        if (matcher.matches()) {
            total = Long.parseLong(matcher.group(1).replace(",", ""));
            distinct = Long.parseLong(matcher.group(2).replace(",", ""));
        }
    }

    private void step(String text) {
        final int end = text.indexOf('\n');
        final Matcher matcher = STEP.matcher(text.substring(0, end));
        trace.add(new Step(matcher.matches() ? matcher.group(1) : "", TlaValue.state(text.substring(end + 1))));
    }

    private void covered(String text) {
        final Matcher matcher = COVERED.matcher(text.strip());
        if (matcher.matches()) {
            coverage.merge(matcher.group(1), Long.parseLong(matcher.group(4)), Long::sum);
        }
    }

    TlcResult finish(int code, Duration duration) {
        exit = code;
        time = duration;
        return this;
    }

    int exit() {
        return exit;
    }

    Duration time() {
        return time;
    }

    /** The property that is violated; "temporal" for one of the temporal ones, "Deadlock", or "". */
    String violated() {
        return violated;
    }

    long distinct() {
        return distinct;
    }

    long total() {
        return total;
    }

    int depth() {
        return depth;
    }

    /** Which TLC it was, in its own words. */
    String version() {
        return version;
    }

    /** The counterexample, from the initial state on; empty if there is none. */
    List<Step> trace() {
        return List.copyOf(trace);
    }

    /** Whether the counterexample ends in a loop or stays for ever in its last state. */
    boolean loops() {
        return loops;
    }

    /** How often each action was taken, if TLC was asked for coverage. */
    Map<String, Long> coverage() {
        return Map.copyOf(coverage);
    }

    /** What TLC said of errors. */
    String errors() {
        return String.join("\n", errors);
    }

    /** All that TLC said, but for the coverage of expressions. */
    String output() {
        return output.toString();
    }
}
