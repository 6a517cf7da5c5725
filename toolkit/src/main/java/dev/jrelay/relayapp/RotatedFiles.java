// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a buffer that rotate: {@code cpu0}, {@code cpu0.1}, {@code cpu0.2}, … in the order of time. */
public final class RotatedFiles {
    private RotatedFiles() {
    }

    /**
     * The name of one.
     *
     * @param directory where they are
     * @param base begin of their names
     * @param buffer the buffer
     * @param number which, from 0
     * @return the file
     */
    static Path file(Path directory, String base, int buffer, int number) {
        return directory.resolve(base + buffer + (number == 0 ? "" : "." + number));
    }

    /**
     * The files of a buffer that are there. The oldest ones may be missing: somebody has put them away.
     *
     * @param directory where they are
     * @param base begin of their names
     * @param buffer the buffer
     * @return in the order of time
     * @throws IOException if the directory cannot be read
     */
    public static List<Path> find(Path directory, String base, int buffer) throws IOException {
        final Pattern name = Pattern.compile(Pattern.quote(base + buffer) + "(?:\\.([1-9][0-9]{0,8}))?");
        final List<Numbered> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> {
                final Matcher matcher = name.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    found.add(new Numbered(file, matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1))));
                }
            });
        }
        return found.stream().sorted(Comparator.comparingInt(Numbered::number)).map(Numbered::file).toList();
    }

    private record Numbered(Path file, int number) {
    }

    /** Removes those behind one that nothing was committed in. */
    static void removeAfter(Path directory, String base, int buffer, int number) throws IOException {
        for (int next = number + 1; Files.deleteIfExists(file(directory, base, buffer, next)); next++) {
            // and the one behind it
        }
    }

    /** Removes all but the first ones of all buffers, those of an earlier run; or refuses to. */
    static void removeAll(Path directory, String base, boolean replace) throws IOException {
        final List<Path> earlier;
        try (Stream<Path> files = Files.list(directory)) {
            earlier = files.filter(file -> file.getFileName().toString()
                    .matches(Pattern.quote(base) + "[0-9]+\\.[1-9][0-9]{0,8}")).toList();
        }
        if (!earlier.isEmpty() && !replace) {
            throw new IOException(earlier.getFirst() + ": exists already (--force replaces it)");
        }
        for (final Path file : earlier) {
            Files.delete(file);
        }
    }
}
