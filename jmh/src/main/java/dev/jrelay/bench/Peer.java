// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who is measured beside others: what it is called, in which groups it can be compared, and how it is opened there. */
final class Peer {
    private final String name;
    private final String label;
    private final boolean isOwn;
    private final Set<String> groups = new TreeSet<>();
    private final Map<Class<?>, Opener> openers = new HashMap<>();

    /**
     * Opens it. What it returns is no more than an object here, so that the classes of a peer are loaded by who opens
     * it: a measured JVM has the one class in it, whose methods the compiler knows to be the only ones.
     */
    interface Opener {
        Object open(Setting setting) throws IOException;
    }

    private Peer(String name, String label, boolean isOwn) {
        this.name = name;
        this.label = label;
        this.isOwn = isOwn;
    }

    /**
     * One of another project.
     *
     * @param name as a parameter and in results
     * @param label what a reader calls it
     */
    static Peer other(String name, String label) {
        return new Peer(name, label, false);
    }

    /** One of this project. */
    static Peer own(String name, String label) {
        return new Peer(name, label, true);
    }

    /**
     * Says where it can be compared.
     *
     * @param kind what {@code opener} returns
     * @param in the groups in which it is opened so
     * @return this
     */
    Peer as(Class<?> kind, Opener opener, String... in) {
        openers.put(kind, opener);
        groups.addAll(Set.of(in));
        return this;
    }

    <T> T open(Class<T> kind, Setting setting) {
        final Opener opener = openers.get(kind);
        if (opener == null) {
            throw new IllegalArgumentException(name + " is not there as a " + kind.getSimpleName());
        }
        try {
            return kind.cast(opener.open(setting));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String name() {
        return name;
    }

    String label() {
        return label;
    }

    boolean isOwn() {
        return isOwn;
    }

    Set<String> groups() {
        return groups;
    }

    boolean isIn(String group) {
        return group.equals(Group.OTHERS) ? !isOwn : groups.contains(group);
    }
}
