// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

/** What went wrong, in words: exceptions of files have a file as their whole message, and others none. */
public final class Failures {
    private Failures() {
    }

    /**
     * Describes a failure to whoever has to do something about it.
     *
     * @param failure what was thrown
     * @return one sentence, with the file or the value that it is about
     */
    public static String describe(Throwable failure) {
        final String message = failure.getMessage() == null ? null
                : failure.getMessage().lines().findFirst().orElse("").strip(); // advice may follow
        return switch (failure) {
            case java.nio.file.NoSuchFileException e -> message + ": no such file or directory";
            case java.nio.file.AccessDeniedException e -> message + ": permission denied";
            case java.nio.file.FileAlreadyExistsException e -> message + ": exists already";
            case java.nio.file.DirectoryNotEmptyException e -> message + ": directory is not empty";
            case java.nio.file.NotDirectoryException e -> message + ": not a directory";
            case java.io.IOException e when message != null -> message;
            case IllegalArgumentException e when message != null -> message;
            case IllegalStateException e when message != null -> message;
            case InterruptedException e -> "stopped before the end";
            case OutOfMemoryError e -> "not enough memory: " + message;
            case InternalError e -> "a file that is mapped was truncated by another process: " + message;
            default -> failure.toString();
        };
    }
}
