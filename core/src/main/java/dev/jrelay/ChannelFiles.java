// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a channel {@code base} in a directory: {@code base0}, {@code base1}, … for the buffers, {@code
 * .base.control} for the control words. Their names, finding channels by them, and removing what is left of one.
 */
public final class ChannelFiles {
    private static final String BASE_NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,199}";
    private static final Pattern CONTROL = Pattern.compile("\\.(" + BASE_NAME + ")\\.control");

    private ChannelFiles() {
    }

    /**
     * Checks a base name.
     *
     * @param base 1 to 200 letters, digits, dots, hyphens and underscores, the first a letter, digit or underscore
     * @return the same
     * @throws IllegalArgumentException if it is not of this form
     */
    public static String checkBaseName(String base) {
        if (!base.matches(BASE_NAME)) {
            throw new IllegalArgumentException("base name '" + base
                    + "': must be 1 to 200 letters, digits, dots, hyphens, underscores, not starting with . or -");
        }
        return base;
    }

    /**
     * The name of the control file.
     *
     * @param base the channel's base name
     * @return {@code .base.control}
     */
    public static String controlName(String base) {
        return "." + base + ".control";
    }

    /**
     * The name of a buffer's file.
     *
     * @param base the channel's base name
     * @param index the buffer, from 0
     * @return {@code base0} and so on
     */
    public static String bufferName(String base, int index) {
        return base + index;
    }

    /**
     * Finds the channels of a directory by their control files; whether these are valid, {@link MappedChannel} finds
     * out.
     *
     * @param directory a directory
     * @return base names, sorted
     * @throws IOException if the directory cannot be read
     */
    public static List<String> find(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> CONTROL.matcher(file.getFileName().toString())).filter(Matcher::matches)
                    .map(name -> name.group(1)).sorted().toList();
        }
    }

    /**
     * Removes the files of a channel that nobody uses any more: the buffers {@code base0}, {@code base1}, … as far as
     * they follow each other ({@code base10} alone may be the first buffer of channel {@code base1}), the last one
     * first, so that what is left of them can be removed again; then the control file. Who has them mapped keeps the
     * memory. What is not there is no error.
     *
     * @param directory where they are
     * @param base the channel's base name
     * @throws IOException if a file cannot be removed; the others are removed all the same
     */
    public static void remove(Path directory, String base) throws IOException {
        final List<Path> files = new ArrayList<>();
        files.add(directory.resolve(controlName(base)));
        for (int i = 0; Files.isRegularFile(directory.resolve(bufferName(base, i)), LinkOption.NOFOLLOW_LINKS); i++) {
            files.add(directory.resolve(bufferName(base, i)));
        }
        IOException failure = null;
        for (final Path file : files.reversed()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException cannot) {
                failure = failure == null ? new IOException("cannot remove all of " + files) : failure;
                failure.addSuppressed(cannot);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
