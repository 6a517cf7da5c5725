// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The mutants of the kernel that its own tests let live, as class files: {@code relay mutate} makes them with PIT,
 * which writes a report and, for each mutant, a folder.
 */
record Survivors(List<Survivors.Mutant> mutants, int killed, int timedOut) {
    /**
     * A mutant.
     *
     * @param id class, method, number of the instruction, kind of change: a name while the method is as it is
     * @param type the class
     * @param place method and line
     * @param what what is changed
     * @param bytes the class with the change
     */
    record Mutant(String id, String type, String place, String what, byte[] bytes) {
        @Override
        public String toString() {
            return id + " (" + place + ": " + what + ")";
        }
    }

    /** All mutants that were made. */
    int count() {
        return mutants.size() + killed;
    }

    private static final Pattern ENTRY = Pattern.compile("<mutation .*?status='(\\w+)'.*?<mutatedClass>(.*?)<"
            + ".*?<mutatedMethod>(.*?)<.*?<methodDescription>(.*?)<.*?<lineNumber>(\\d+)<.*?<mutator>(.*?)<"
            + ".*?<indexes>(.*?)</indexes>.*?<description>(.*?)</description>");

    private static final Pattern DETAILS = Pattern.compile("clazz=(.*?), method=(.*?), methodDesc=(.*?)\\], "
            + "indexes=\\[(.*?)\\], mutator=(.*?)\\]");

    /** Those of the reports somewhere below a folder. */
    static Survivors of(Path folder) throws IOException {
        final List<Path> reports;
        try (Stream<Path> files = Files.walk(folder)) {
            reports = files.filter(file -> file.endsWith("mutations.xml")).sorted().toList();
        }
        final List<Mutant> found = new ArrayList<>();
        int killed = 0;
        int timedOut = 0;
        for (final Path report : reports) {
            final Map<String, Path> exported = exported(report.resolveSibling("export"));
            for (final String line : Files.readAllLines(report)) {
                final Matcher entry = ENTRY.matcher(line);
                if (!entry.find()) {
                    continue;
                }
                final String status = entry.group(1);
                if (!status.equals("SURVIVED") && !status.equals("NO_COVERAGE")) {
                    killed++;
                    timedOut += status.equals("TIMED_OUT") ? 1 : 0;
                    continue;
                }
                final String type = entry.group(2);
                final String method = unescape(entry.group(3));
                final String index = digits(entry.group(7));
                final Path bytes = exported.get(key(type, method, entry.group(4), index, entry.group(6)));
                if (bytes == null) {
                    throw new IllegalStateException(report + ": no class file for a mutant of " + type + "." + method);
                }
                found.add(new Mutant(
                        key(simple(type), method, entry.group(4), index, simple(entry.group(6)).replace("Mutator", "")),
                        type, method + ":" + entry.group(5), unescape(entry.group(8)), Files.readAllBytes(bytes)));
            }
        }
        return new Survivors(found, killed, timedOut);
    }

    private static String key(String type, String method, String descriptor, String index, String mutator) {
        return type + "." + method + descriptor + "@" + index + "/" + mutator;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String digits(String text) {
        return text.replaceAll("\\D+", " ").strip();
    }

    private static String unescape(String text) {
        return text.replace("&#60;", "<").replace("&#62;", ">").replace("&lt;", "<").replace("&gt;", ">");
    }

    private static Map<String, Path> exported(Path folder) throws IOException {
        final List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.filter(file -> file.endsWith("details.txt")).toList();
        }
        final Map<String, Path> found = new LinkedHashMap<>();
        for (final Path file : all) {
            final Matcher details = DETAILS.matcher(Files.readString(file));
            if (details.find()) {
                found.put(key(details.group(1), details.group(2), details.group(3),
                        digits(details.group(4)), details.group(5)),
                        file.resolveSibling(details.group(1) + ".class"));
            }
        }
        return found;
    }
}
