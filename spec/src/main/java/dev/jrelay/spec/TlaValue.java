// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads values as TLC prints them: integers, strings, booleans, {@code <<tuples>>}, {@code {sets}},
 * {@code [records |-> ...]} and {@code (functions :> ... @@ ...)}. Integers become {@link Integer}, tuples {@link
 * List}, sets {@link Set}, records and functions {@link Map}; a model value is its name. An empty function is an empty
 * list.
 */
final class TlaValue {
    private final String text;
    private int at;

    private TlaValue(String text) {
        this.text = text;
    }

    /** One value; nothing but white space may follow. */
    static Object parse(String text) {
        final TlaValue parser = new TlaValue(text);
        final Object value = parser.value();
        parser.space();
        if (parser.at < text.length()) {
            throw parser.unexpected("the end");
        }
        return value;
    }

    /** A state: lines {@code /\ variable = value}. */
    static Map<String, Object> state(String text) {
        final TlaValue parser = new TlaValue(text);
        final Map<String, Object> state = new LinkedHashMap<>();
        parser.space();
        while (parser.at < text.length()) {
            parser.skip("/\\");
            parser.space();
            final String variable = parser.name();
            parser.skip("=");
            state.put(variable, parser.value());
            parser.space();
        }
        return state;
    }

    private Object value() {
        space();
        final char first = at < text.length() ? text.charAt(at) : 0;
        return switch (first) {
            case '<' -> listed("<<", ">>", new ArrayList<>());
            case '{' -> listed("{", "}", new LinkedHashSet<>());
            case '[' -> mapped("[", "|->", ",", "]");
            case '(' -> mapped("(", ":>", "@@", ")");
            case '"' -> string();
            default -> atom();
        };
    }

    private <C extends java.util.Collection<Object>> C listed(String open, String close, C values) {
        skip(open);
        while (!next(close)) {
            values.add(value());
            next(",");
        }
        return values;
    }

    private Map<Object, Object> mapped(String open, String arrow, String comma, String close) {
        final Map<Object, Object> values = new LinkedHashMap<>();
        skip(open);
        while (!next(close)) {
            final Object key = value();
            skip(arrow);
            values.put(key, value());
            next(comma);
        }
        return values;
    }

    private String string() {
        final int end = text.indexOf('"', at + 1);
        if (end < 0) {
            throw unexpected("a closing quote");
        }
        final String value = text.substring(at + 1, end);
        at = end + 1;
        return value;
    }

    private Object atom() {
        final int start = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        final String name = name();
        if (name.isEmpty()) {
            throw unexpected("a value");
        }
        if (Character.isDigit(name.charAt(0))) {
            return Integer.parseInt(text, start, at, 10);
        }
        return switch (name) {
            case "TRUE" -> true;
            case "FALSE" -> false;
            default -> name;
        };
    }

    private String name() {
        final int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(start, at);
    }

    private boolean next(String token) {
        space();
        if (text.startsWith(token, at)) {
            at += token.length();
            return true;
        }
        return false;
    }

    private void skip(String token) {
        if (!next(token)) {
            throw unexpected(token);
        }
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException unexpected(String wanted) {
        return new IllegalArgumentException("TLA+ value: " + wanted + " expected before '"
                + text.substring(at, Math.min(at + 40, text.length())) + "'");
    }
}
