// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The modules, configurations and tables that this jar carries, unpacked into a folder while they are in use. */
final class ModelFolder implements AutoCloseable {
    private static final String RESOURCE = "model";

    private final Path folder;

    private ModelFolder(Path folder) {
        this.folder = folder;
    }

    /** Unpacks what is on the class path. */
    static ModelFolder unpack() throws IOException {
        final URL url = ModelFolder.class.getClassLoader().getResource(RESOURCE);
        if (url == null) {
            throw new IOException("this jar carries no model");
        }
        final Path folder = Files.createTempDirectory("model");
        try {
            final URI uri = url.toURI();
            if (uri.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    copy(jar.getPath(RESOURCE), folder);
                }
            } else {
                copy(Path.of(uri), folder);
            }
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        Border.writeConfigurations(folder);
        return new ModelFolder(folder);
    }

    private static void copy(Path from, Path to) throws IOException {
        final List<Path> all;
        try (Stream<Path> tree = Files.walk(from)) {
            all = tree.toList();
        }
        for (final Path path : all) {
            final Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target);
            }
        }
    }

    Path path() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        delete(folder);
    }

    /** Deletes a folder and all that is in it. */
    static void delete(Path folder) throws IOException {
        final List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = new ArrayList<>(tree.toList());
        }
        for (final Path path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
