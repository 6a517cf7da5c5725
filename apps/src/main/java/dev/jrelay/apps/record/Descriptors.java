// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Inputs that are named by a descriptor: stdin, {@code /dev/stdin}, {@code /dev/fd/3}. One that was closed when the
 * process began is the JVM's first own file by now, which nobody means.
 */
public final class Descriptors {
    /** What stdin is, where there is a {@code /proc}. */
    static final Path STDIN = Path.of("/proc/self/fd/0");

    private Descriptors() {
    }

    /** @throws IOException if stdin was closed */
    static void refuseClosedStdin() throws IOException {
        if (isOwn(STDIN)) {
            throw new IOException("stdin is closed");
        }
    }

    /**
     * Refuses a path that leads to a descriptor which was closed.
     *
     * @param path what the user has named; need not exist
     * @throws IOException if it is so
     */
    public static void refuseClosed(Path path) throws IOException {
        final Path absolute = path.toAbsolutePath().normalize();
        if ((absolute.startsWith("/dev") || absolute.startsWith("/proc")) && isOwn(path)) {
            throw new IOException(path + ": is closed");
        }
    }

    /** Whether it is a file of the JDK. */
    private static boolean isOwn(Path path) throws IOException {
        try {
            return path.toRealPath().startsWith(Path.of(System.getProperty("java.home")).toRealPath());
        } catch (NoSuchFileException pipe) { // which has no path; or there is no /proc here
            return false;
        }
    }
}
