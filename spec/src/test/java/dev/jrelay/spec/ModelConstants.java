// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The constants of a configuration of {@code RelayProtocol}, and how its numbers map to those of the kernel. A
 * sub-buffer of the kernel has at least 8 bytes, one of the model often 2: one byte of the model is {@link #scale}
 * bytes. Sequences are compared by their distance from the first one.
 */
public final class ModelConstants {
    /** The module of claims between processes. */
    static final String CLAIMS = "RelayClaims";
    /** The module of the handle of an exclusive buffer. */
    static final String HANDLES = "RelayHandles";
    /** The module of the lease of a channel's memory. */
    static final String LEASE = "RelayLease";

    /** By what the name of its behaviours begins with. */
    private static final Map<String, String> MODULES = Map.of("X", "RelayExclusive", "Claim", CLAIMS,
            "Handle", HANDLES, "Lease", LEASE);
    private static final Pattern LINE = Pattern.compile("\\s*(\\w+)\\s*(=|<-)\\s*(.+?)\\s*");
    private static final List<String> ROLES = List.of("Flushers", "Closers", "Pausers", "Resetters", "Consumers",
            "Snapshots", "Partials");
    private static final List<String> THREADS = List.of("Consumers", "Mappers", "Hearts", "Watchers");
    private static final int CELLS = 32;
    private static final int GRAIN = 8;
    private static final int EXACT = 32;

    private final Map<String, Object> values = new LinkedHashMap<>();
    private List<String> writers = List.of();
    private int size;
    private int count;
    private int scale = 1;
    private int modulus;
    private String module = "";

    /** Reads a configuration; definitions that it names are looked up in the modules. */
    static ModelConstants read(Path configuration, Path... modules) throws IOException {
        final ModelConstants constants = new ModelConstants();
        final StringBuilder definitions = new StringBuilder();
        for (final Path module : modules) {
            definitions.append(Files.readString(module)).append('\n');
        }
        boolean inside = false;
        for (final String raw : Files.readAllLines(configuration)) {
            final String line = raw.replaceFirst("\\\\\\*.*", "");
            if (line.startsWith("SPECIFICATION")) {
                constants.module = MODULES.getOrDefault(line.replaceFirst("SPECIFICATION (\\w*?)(Fair)?Spec", "$1"),
                        "RelayModels");
            }
            final Matcher matcher = LINE.matcher(line);
            if (inside && matcher.matches()) {
                final boolean named = matcher.group(2).equals("<-");
                constants.values.put(matcher.group(1),
                        named ? definition(definitions, matcher.group(3)) : TlaValue.parse(matcher.group(3)));
            } else {
                inside = line.strip().equals("CONSTANTS") || inside && line.isBlank();
            }
        }
        if (constants.values.containsKey("Lengths")) {
            constants.derive();
        }
        return constants;
    }

    private void derive() {
        writers = ((Map<?, ?>) values.get("Lengths")).keySet().stream().map(Object::toString).sorted().toList();
        size = number("SubbufSize");
        count = number("SubbufCount");
        modulus = number("Modulus");
        while (scale * size % GRAIN != 0) {
            scale++;
        }
    }

    /** The value of a definition, if it is one that can be read without evaluating it; of an operator its name. */
    private static Object definition(CharSequence modules, String name) {
        final Matcher matcher = Pattern.compile("(?m)^" + name + "(\\([\\w, ]+\\))? *==(.*)$").matcher(modules);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no module defines " + name);
        } else if (matcher.group(1) != null) {
            return name;
        }
        final String text = matcher.group(2).strip();
        try {
            return TlaValue.parse(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** A constant that is a number. */
    public int number(String name) {
        return (Integer) values.get(name);
    }

    private Set<?> set(String name) {
        return values.get(name) instanceof Set<?> set ? set : values.get(name) instanceof Map<?, ?> map ? map.keySet()
                : Set.of();
    }

    /** Bytes of the kernel for one byte of the model. */
    public int scale() {
        return scale;
    }

    public int size() {
        return size;
    }

    public int count() {
        return count;
    }

    public int header() {
        return number("HeaderSize");
    }

    public int modulus() {
        return modulus;
    }

    public int first() {
        return number("FirstSequence");
    }

    public boolean overwrite() {
        return (Boolean) values.get("Overwrite");
    }

    public boolean waits() {
        return (Boolean) values.get("Waits");
    }

    /** Whether the consumer passes what is held. */
    public boolean passes() {
        return (Boolean) values.get("Passes");
    }

    /** Whether the buffer has one writer, its owner: a configuration of {@code RelayExclusive}. */
    public boolean exclusive() {
        return module.equals("RelayExclusive");
    }

    /** The module that the configuration is of. */
    String module() {
        return module;
    }

    /** The class that sets up the kernel like it. */
    String machine() {
        return switch (module) {
            case CLAIMS -> "dev.jrelay.ClaimsUnderTest";
            case HANDLES -> "dev.jrelay.HandlesUnderTest";
            case LEASE -> "dev.jrelay.LeaseUnderTest";
            default -> "dev.jrelay.KernelUnderTest";
        };
    }

    /** Of claims: all processes of the machine that have threads, in a fixed order. */
    public List<String> owners() {
        return THREADS.stream().flatMap(role -> set(role).stream()).map(thread -> owner((String) thread)).distinct()
                .sorted().toList();
    }

    /** Of claims: the process that a thread is in. */
    public String owner(String thread) {
        return THREADS.stream().filter(role -> is(thread, role))
                .map(role -> (String) ((Map<?, ?>) values.get(role)).get(thread)).findFirst().orElseThrow();
    }

    /** Of claims: whether two processes see each other. */
    public boolean see(String one, String other) {
        return one.equals(other) || !set("Hidden").contains(Set.of(one, other));
    }

    /** Whether the owner flushes in the middle of each reservation. */
    public boolean holds() {
        return "HoldAfterWrite".equals(values.get("AfterWrite"));
    }

    /** How far the sequence is from the first one, in {@code [-modulus / 2, modulus / 2)}. */
    public int delta(int sequence) {
        return normal(sequence - first());
    }

    /** A distance modulo the model's modulus, in {@code [-modulus / 2, modulus / 2)}. */
    public int normal(int distance) {
        final int half = modulus / 2;
        return Math.floorMod(distance + half, modulus) - half;
    }

    /** Whether no run of the model comes round, so that a distance tells the kernel's sequence. */
    boolean isExact() {
        return modulus >= EXACT;
    }

    /** The writers, in a fixed order. */
    public List<String> writers() {
        return writers;
    }

    /** The lengths of a writer's messages, in bytes of the model. */
    public List<Integer> lengths(String writer) {
        final List<Integer> lengths = new ArrayList<>();
        ((List<?>) ((Map<?, ?>) values.get("Lengths")).get(writer)).forEach(length -> lengths.add((Integer) length));
        return lengths;
    }

    /** Whether some message fills a sub-buffer alone. */
    boolean fillsAtOnce() {
        return writers.stream().anyMatch(writer -> lengths(writer).contains(size - header()));
    }

    /** Whether message {@code number}, from 1, of this writer ends in an abort. */
    public boolean aborts(String writer, int number) {
        return set("Aborts").contains(List.of(writer, number));
    }

    /** Whether some message ends in an abort. */
    public boolean aborts() {
        return !set("Aborts").isEmpty();
    }

    /** Whether the process belongs to a role: {@code Flushers}, {@code Consumers}, … */
    public boolean is(String process, String role) {
        return set(role).contains(process);
    }

    /** Whether somebody has a role. */
    public boolean has(String role) {
        return !set(role).isEmpty();
    }

    /** All that have a role. */
    public List<String> all(String role) {
        return set(role).stream().map(Object::toString).sorted().toList();
    }

    /** All processes that have Java code. */
    List<String> processes() {
        final List<String> processes = new ArrayList<>(writers);
        for (final String role : ROLES) {
            set(role).forEach(process -> processes.add((String) process));
        }
        return processes;
    }

    /** The process of a role, or null. */
    public String only(String role) {
        return set(role).isEmpty() ? null : (String) set(role).iterator().next();
    }

    /** How often admit says no, by the distance of the sequence from the first. */
    public Map<Integer, Integer> refusals() {
        return switch (String.valueOf(values.get("Refusals"))) {
            case "[q \\in {(FirstSequence + 1) % Modulus} |-> 1]" -> Map.of(1, 1);
            case "[q \\in {FirstSequence} |-> 2]" -> Map.of(0, 2);
            case "[q \\in {} |-> 0]" -> Map.of();
            default -> throw new IllegalArgumentException("refusals " + values.get("Refusals"));
        };
    }

    /** What a byte of the kernel holds that the model says is {@code <<q, who, number>>}; 0 for undefined. */
    public int cell(int delta, String who, int number) {
        final int record = who.equals("header") ? 0 : 1 + writers.indexOf(who) * 8 + number;
        return aborts(who, number) ? 0 : 1 + (delta & 3) * CELLS + record;
    }

    /** How many values {@link #cell} has for one sub-buffer, from that of its header on. */
    public int cells() {
        return CELLS;
    }
}
