// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is not plain in the sources, access modes, fences, volatile fields and atomics, and the benign races. */
final class SourceAccesses {
    private static final Pattern ROW = Pattern.compile("\\[([MB]\\d+)]");
    private static final Pattern METHOD = Pattern.compile("^    (?:[\\w<>\\[\\]?,.]+ )+(\\w+)\\(([^)]*)(\\)?).*");
    private static final Pattern MODE = Pattern.compile("// *(full|acquire|release|opaque|volatile|fence|plain)\\b");
    private static final String ORDERED = "(?:weakC|c|g|s)(?:ompareAnd(?:Set|Exchange)|et(?:Volatile|Acquire|Release"
            + "|Opaque|And\\w+))\\w*\\(";
    /** The calls of a subclass of {@code Words} on itself. */
    private static final Pattern OWN = Pattern.compile("(?<![.\\w])(?:compareAndSet|getAndAdd|[gs]et(?:Volatile"
            + "|Acquire|Release|Opaque))\\(");

    final List<Access> accesses = new ArrayList<>();
    final List<String> problems = new ArrayList<>();

    /**
     * An access and its comment.
     *
     * @param row the row that the comment names
     * @param mode the first word of the comment; null if it says none, as a benign race need not
     * @param method class and method
     * @param signature class, method and parameter types
     */
    record Access(String row, String mode, String method, String signature) {
    }

    /** Reads the sources, by the names of their classes. */
    SourceAccesses(Map<String, String> sources) {
        sources.forEach(this::scan);
    }

    private void scan(String className, String text) {
        final List<Pattern> patterns = patterns(text);
        final List<String> lines = text.lines().toList();
        String method = "?";
        String parameters = "";
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i);
            final Matcher declaration = METHOD.matcher(line);
            if (declaration.matches() && !line.startsWith("     ") && !line.contains(" = ")) {
                method = declaration.group(1);
                parameters = types(declaration.group(2));
            }
            final String code = line.replaceAll("//.*|^ +\\*.*", "");
            final boolean found = patterns.stream().anyMatch(pattern -> pattern.matcher(code).find())
                    && !code.contains(" volatile ") && !(className.equals("Words") && ClassModes.isMode(method));
            final String above = i > 0 && lines.get(i - 1).strip().startsWith("//") ? lines.get(i - 1).strip() : "";
            final String row = group(ROW, line) != null || !found ? group(ROW, line) : group(ROW, above);
            final String mode = group(MODE, line) != null ? group(MODE, line) : group(MODE, above);
            final String where = className + ".java:" + (i + 1);
            if (found && row == null) {
                problems.add(where + " has no [M…] comment: " + code.strip());
            } else if (found && mode == null) {
                problems.add(where + " has a comment [" + row + "] that does not begin with the mode");
            } else if (found || row != null && row.startsWith("B")) {
                accesses.add(new Access(row, mode, className + "." + method, className + "." + method + parameters));
            } else if (row != null && !line.strip().startsWith("//")) {
                problems.add(where + " has a comment [" + row + "] and no access");
            }
        }
    }

    private static List<Pattern> patterns(String text) {
        final List<Pattern> patterns = new ArrayList<>(List.of(Pattern.compile("VarHandle\\.\\w*Fence\\(")));
        if (text.contains("extends Words")) {
            patterns.add(OWN);
        }
        names(text, "VarHandle (\\w+) =").forEach(name -> patterns.add(
                Pattern.compile("\\b" + name + "\\." + ORDERED)));
        names(text, "Atomic\\w+(?:<.*>)? (\\w+)[ ;]").forEach(name -> patterns.add(
                Pattern.compile("\\b" + name + "\\.\\w+\\(")));
        names(text, "volatile [\\w<>\\[\\]]+ (\\w+)[ ;]").forEach(name -> patterns.add(
                Pattern.compile("(?<!volatile \\w{1,20} )\\b" + name + "\\b(?! *\\()")));
        return patterns;
    }

    private static String group(Pattern pattern, String text) {
        final Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static Set<String> names(String text, String pattern) {
        final Set<String> names = new TreeSet<>();
        final Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** {@code (int slot, long value)} becomes {@code (int, long)}. */
    private static String types(String parameters) {
        return Stream.of(parameters.split(",")).map(String::strip).filter(one -> !one.isEmpty())
                .map(one -> one.substring(0, Math.max(0, one.lastIndexOf(' '))))
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
