// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds in modules what may lead TLC 2.18 to overlook an error; see {@link KnownFault}. It reads text, and so errs on
 * the safe side: it rejects a domain that may be a set of functions, whether or not anything updates such a function,
 * and operators as arguments of TLC's own, whether or not they look at a next value.
 */
final class FaultyConstructs {
    /** Operators that TLC has in Java and that take an operator. */
    private static final Pattern HIGHER_ORDER = Pattern.compile("\\b(LAMBDA|SelectSeq|SortSeq|BagOfAll)\\b");
    /** [x \in D |-> …], f[x \in D] == … and [D -> R], each up to the bar, the bracket or the arrow. */
    private static final Pattern FUNCTION = Pattern.compile(
            "\\[\\s*(?:\\w+\\s*,\\s*)*(?:\\w+|<<[\\w\\s,]+>>)\\s*\\\\in\\b(?<domain>.*?)(?:\\|->|]\\s*==)",
            Pattern.DOTALL);
    private static final Pattern FUNCTION_SET = Pattern.compile("\\[(?<domain>[^\\[\\]|]*?)->");
    /** A set that TLC keeps as a rule rather than as a list of elements. */
    private static final Pattern RULE = Pattern.compile(
            "(?<!\\|)->|\\[\\s*\\w+\\s*:|\\bSUBSET\\b|\\\\X\\b|\\\\times\\b|\\b(Seq|BoundedSeq)\\s*\\("
                    + "|\\b(Nat|Int|Real|STRING)\\b");
    private static final Pattern DEFINITION = Pattern.compile(
            "(?m)^\\s*(?:LOCAL\\s+)?(\\w+)\\s*(?:\\([^)]*\\))?\\s*==");
    private static final Pattern EXTENDS = Pattern.compile("\\bEXTENDS\\s+((?:\\w+\\s*,\\s*)*\\w+)");
    private static final Pattern SUBSTITUTION = Pattern.compile("(\\w+)\\s*<-\\s*(\\w+)");
    private static final Pattern NOT_CODE = Pattern.compile(
            "\\\\\\*[^\n]*|\"[^\"\n]*\"|\\(\\*.*?\\*\\)", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\\w+");

    private final Map<String, String> modules = new HashMap<>();
    private final Map<String, String> substituted = new HashMap<>();
    private final Map<String, String> all = new HashMap<>();

    /** Adds a module, which others may extend. */
    void module(String name, String text) {
        modules.put(name, code(text));
        all.clear();
    }

    /** Adds a configuration: what it puts in place of a constant counts as the constant's definition. */
    void configuration(String text) {
        SUBSTITUTION.matcher(code(text)).results().forEach(
                match -> substituted.merge(match.group(1), match.group(2), (one, other) -> one + " " + other));
    }

    /** What a module must not use, or nothing. */
    List<String> in(String name) {
        final String code = modules.get(name);
        final Map<String, String> definitions = new HashMap<>();
        define(name, definitions, new HashSet<>());
        final List<String> found = new ArrayList<>();
        HIGHER_ORDER.matcher(code).results().forEach(match -> found.add(line(code, match.start()) + match.group()));
        for (final Pattern pattern : List.of(FUNCTION, FUNCTION_SET)) {
            for (final Matcher function = pattern.matcher(code); function.find();) {
                final String domain = function.group("domain").strip();
                if (isRule(domain, definitions, new HashSet<>(), new HashSet<>())) {
                    found.add(line(code, function.start()) + "a function over " + domain);
                }
            }
        }
        return found;
    }

    /** The definitions of a module and of those that it extends. */
    private void define(String module, Map<String, String> definitions, Set<String> seen) {
        final String code = modules.get(module);
        if (code == null || !seen.add(module)) {
            return;
        }
        final Matcher definition = DEFINITION.matcher(code);
        for (boolean found = definition.find(); found;) {
            final String name = definition.group(1);
            final int body = definition.end();
            found = definition.find();
            definitions.merge(name, code.substring(body, found ? definition.start() : code.length()),
                    (one, other) -> one + "\n" + other);
        }
        EXTENDS.matcher(code).results().flatMap(match -> NAME.matcher(match.group(1)).results())
                .forEach(name -> define(name.group(), definitions, seen));
    }

    /** Looks at what the names mean; {@code everywhere} are those looked at as what configurations put in. */
    private boolean isRule(String set, Map<String, String> definitions, Set<String> seen, Set<String> everywhere) {
        return RULE.matcher(set).find() || NAME.matcher(set).results().map(MatchResult::group).filter(seen::add)
                .anyMatch(name -> isRule(definitions.getOrDefault(name, ""), definitions, seen, everywhere)
                        || substituted.containsKey(name)
                        && isRule(substituted.get(name), definedAnywhere(), everywhere, everywhere));
    }

    private Map<String, String> definedAnywhere() {
        if (all.isEmpty()) {
            modules.keySet().forEach(module -> define(module, all, new HashSet<>()));
        }
        return all;
    }

    private static String line(String code, int offset) {
        return "line " + (1 + code.substring(0, offset).chars().filter(c -> c == '\n').count()) + ": ";
    }

    /** The text with its comments and strings blank, line by line as before. */
    private static String code(String text) {
        final Matcher skipped = NOT_CODE.matcher(text);
        return skipped.replaceAll(match -> match.group().replaceAll("[^\n]", " "));
    }
}
