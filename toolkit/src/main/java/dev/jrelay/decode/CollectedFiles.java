// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import dev.jrelay.ctf.CtfReader;
import dev.jrelay.relayapp.RotatedFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that {@code collect}, {@code record}, {@code snapshot} and {@code recover} write: one for each buffer, or
 * several that have rotated, in a directory; a CTF trace if there is metadata beside them.
 */
public final class CollectedFiles {
    private static final String METADATA = "metadata";
    private static final String BEHIND = "([0-9]{1,4})(?:\\.[1-9][0-9]{0,8})?";
    /** The channel's base name, the buffer, and the number of a file that has rotated. */
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_].*?)" + BEHIND);

    private CollectedFiles() {
    }

    /**
     * Opens what was collected.
     *
     * @param paths directories, of which all buffers are read, or single files
     * @param base begin of the names of the files in directories; null for the only one there
     * @param format what the files hold
     * @return the records of all of them together; close it
     * @throws IOException if a path does not exist, a directory holds no such files, or files of several channels
     */
    public static Decoder open(List<Path> paths, String base, Decoder.Format format) throws IOException {
        final List<RecordStream> streams = new ArrayList<>();
        try {
            for (final Path path : paths) {
                if (Files.isDirectory(path)) {
                    openDirectory(path, base, format, streams);
                } else {
                    final Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
                    final int cpu = name.matches() ? Integer.parseInt(name.group(2)) : streams.size();
                    streams.add(stream(cpu, List.of(path), path.toAbsolutePath().getParent(), format));
                }
            }
            return new Decoder(streams);
        } catch (IOException | RuntimeException failed) {
            for (final RecordStream stream : streams) {
                stream.close();
            }
            throw failed;
        }
    }

    private static Pattern named(String base) {
        return Pattern.compile("(" + Pattern.quote(base) + ")" + BEHIND);
    }

    private static void openDirectory(Path directory, String base, Decoder.Format format, List<RecordStream> streams)
            throws IOException {
        final Map<String, TreeSet<Integer>> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                final Matcher name = (base == null ? NAME : named(base)).matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.computeIfAbsent(name.group(1), key -> new TreeSet<>()).add(Integer.parseInt(name.group(2)));
                }
            });
        }
        if (found.isEmpty()) {
            throw new FileNotFoundException(directory + ": holds no files such as " + (base == null ? "cpu" : base)
                    + "0 of what was collected");
        }
        if (base == null && found.size() > 1) {
            throw new IOException(directory + ": holds files of several channels: "
                    + String.join(", ", found.keySet()) + "; name one (--base)");
        }
        final String name = base == null ? found.keySet().iterator().next() : base;
        for (final int cpu : found.get(name)) {
            streams.add(stream(cpu, RotatedFiles.find(directory, name, cpu), directory, format));
        }
    }

    private static RecordStream stream(int cpu, List<Path> files, Path directory, Decoder.Format format)
            throws IOException {
        for (final Path file : files) {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IOException(file + ": not a regular file"); // to open a pipe would wait for its other end
            }
        }
        final UUID trace = Files.exists(directory.resolve(METADATA)) ? CtfReader.uuid(directory) : null;
        final InputStream in = new FileChain(files);
        try {
            return Decoder.stream(cpu, files.getFirst().toString(), in, format, trace);
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    /** Files one after the other; each is opened when the one before is at its end. */
    private static final class FileChain extends InputStream {
        private final Iterator<Path> files;
        private InputStream current = InputStream.nullInputStream();

        FileChain(List<Path> files) {
            this.files = files.iterator();
        }

        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = current.read(bytes, offset, length);
            while (read < 0 && files.hasNext()) {
                current.close();
                current = Files.newInputStream(files.next());
                read = current.read(bytes, offset, length);
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            current.close();
        }
    }
}
