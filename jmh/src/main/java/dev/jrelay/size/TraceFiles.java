// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads what was recorded of real messages: the streams of a CTF trace, files of klog records, or text with times; a
 * file may be compressed with gzip. A directory has one file for each buffer. What a record takes in its buffer is its
 * length, headers of its format included.
 */
final class TraceFiles {
    /** More of a file is not read, bytes. */
    private static final int MOST = 1 << 30;
    private static final String METADATA = "metadata";
    private static final String GZIP = ".gz";

    private final List<Messages> streams = new ArrayList<>();
    private long discarded;

    private TraceFiles() {
    }

    /**
     * Reads a file or all files of a directory.
     *
     * @return null if it is one file of text without times
     * @throws IllegalArgumentException if it is nothing of that kind, with the file's name
     */
    static TraceFiles read(Path path) throws IOException {
        final TraceFiles trace = new TraceFiles();
        if (!Files.isDirectory(path)) {
            return trace.add(path) ? trace : null;
        }
        final List<Path> files;
        try (var list = Files.list(path)) {
            files = list.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> !file.getFileName().toString().equals(METADATA)).sorted().toList();
        }
        for (final Path file : files) {
            if (Files.size(file) > 0L && !trace.add(file)) {
                throw new IllegalArgumentException("--from " + file + ": no times in it: must be a stream of a CTF "
                        + "trace, klog records, or text whose lines begin with a time");
            }
        }
        if (trace.streams.isEmpty()) {
            throw new IllegalArgumentException("--from " + path + ": must be a file, or a directory with a channel or "
                    + "with the files of a trace");
        }
        return trace;
    }

    private boolean add(Path file) throws IOException {
        final byte[] content = content(file);
        final Messages messages = new Messages();
        if (BinaryTrace.isCtf(content)) {
            discarded += BinaryTrace.ctf(file, content, messages);
        } else if (BinaryTrace.isKlog(content)) {
            BinaryTrace.klog(content, messages);
        } else if (!TimedText.read(new String(content, StandardCharsets.ISO_8859_1), messages)) {
            return false;
        }
        if (messages.count() > 0) {
            streams.add(messages);
        }
        return true;
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = file.toString().endsWith(GZIP) ? new GZIPInputStream(raw) : raw) {
            return in.readNBytes(MOST);
        }
    }

    /** Streams, which are buffers. */
    int streams() {
        return streams.size();
    }

    /** Records that the trace itself says are missing: its bursts were larger than it shows. */
    long discarded() {
        return discarded;
    }

    /**
     * The messages of the buffer that needs most, if the streams are spread over so many buffers.
     *
     * @param name for the reader
     * @param buffers 1 to {@link #streams()}
     * @param nanos the window in which the most bytes decide
     */
    RecordedTraffic heaviest(String name, int buffers, double speed, double nanos) {
        RecordedTraffic heaviest = null;
        for (int i = 0; i < buffers; i++) {
            final Messages messages = new Messages();
            for (int stream = i; stream < streams.size(); stream += buffers) {
                messages.addAll(streams.get(stream));
            }
            final RecordedTraffic traffic = messages.traffic(name).faster(speed);
            if (heaviest == null || traffic.most(nanos) > heaviest.most(nanos)) {
                heaviest = traffic;
            }
        }
        return heaviest;
    }
}
