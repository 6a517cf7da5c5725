// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * Directories for channel files: {@code relayfs_create_dir} and {@code relayfs_remove_dir}. Clients clean up the
 * directories they create.
 */
public final class RelayDirectory {
    private RelayDirectory() {
    }

    /**
     * Where relay files lie by default: {@code /dev/shm} (memory, as relayfs was) if it exists and can be written to,
     * else the directory for temporary files.
     *
     * @return an existing directory
     */
    public static Path root() {
        final Path shared = Path.of("/dev/shm");
        return Files.isDirectory(shared) && Files.isWritable(shared) ? shared
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * Creates a directory, for its owner only (0700) where the file system knows permissions.
     *
     * @param name a single name
     * @param parent an existing directory, or null for {@link #root()}
     * @return the new directory
     * @throws IOException if it exists or cannot be created
     * @throws IllegalArgumentException if {@code name} is not a single name
     */
    public static Path create(String name, Path parent) throws IOException {
        final Path directory = Objects.requireNonNullElseGet(parent, RelayDirectory::root);
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0
                || Path.of(name).getNameCount() != 1) {
            throw new IllegalArgumentException("directory name '" + name + "': must be a single name");
        }
        return Files.createDirectory(directory.resolve(name), permissions(directory, "rwx------"));
    }

    /**
     * Creates a directory of a name that nobody else has, for its owner only. The name does not rest on the process:
     * one of another container, or a killed one of the past, may have had the same number.
     *
     * @param prefix begin of its name
     * @param parent an existing directory, or null for {@link #root()}
     * @return the new directory
     * @throws IOException if it cannot be created
     */
    public static Path createTemporary(String prefix, Path parent) throws IOException {
        final Path directory = Objects.requireNonNullElseGet(parent, RelayDirectory::root);
        return Files.createTempDirectory(directory, prefix, permissions(directory, "rwx------"));
    }

    /** The attributes to create a file with; none where the file system does not know permissions. */
    static FileAttribute<?>[] permissions(Path directory, String permissions) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Removes an empty directory.
     *
     * @param directory what {@link #create} returned
     * @throws IOException if it is not empty or does not exist
     */
    public static void remove(Path directory) throws IOException {
        Files.delete(directory);
    }
}
