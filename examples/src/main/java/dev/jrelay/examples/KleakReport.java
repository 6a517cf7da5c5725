// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds in the files that {@link Kleak} and a collector have left what was allocated and never released: the
 * post-processor that was a Perl script in the original.
 *
 * {@snippet :
 * KleakReport report = KleakReport.of(List.of(Path.of("cpu0"), Path.of("cpu1")));
 * report.bySite().forEach((site, leak) -> System.out.println(site + ": " + leak.count() + ", " + leak.bytes() + " B"));
 * }
 *
 * @param bySite what each site has allocated and nobody has released
 * @param unknownReleases releases of what no record says was allocated: before the log began, or records were lost
 * @param records records read
 */
public record KleakReport(Map<Integer, Leak> bySite, long unknownReleases, long records) {
    /**
     * What leaked at one site.
     *
     * @param count allocations
     * @param bytes their sizes added up
     */
    public record Leak(long count, long bytes) {
    }

    private record Event(long address, int size, int site, long time) {
    }

    /**
     * Reads files of records, in any order.
     *
     * @param files one for each buffer
     * @return the report
     * @throws IOException if a file cannot be read, or does not consist of whole records
     */
    public static KleakReport of(List<Path> files) throws IOException {
        final List<Event> events = new ArrayList<>();
        for (final Path file : files) {
            read(file, events);
        }
        events.sort(Comparator.comparingLong(Event::time)); // stable: records of one buffer keep their order
        final Map<Long, Event> live = new HashMap<>();
        long unknown = 0L;
        for (final Event event : events) {
            if (event.size != 0) {
                live.put(event.address, event);
            } else if (live.remove(event.address) == null) {
                unknown++;
            }
        }
        final Map<Integer, Leak> bySite = new TreeMap<>();
        for (final Event event : live.values()) {
            bySite.merge(event.site, new Leak(1L, event.size),
                    (a, b) -> new Leak(a.count + b.count, a.bytes + b.bytes));
        }
        return new KleakReport(bySite, unknown, events.size());
    }

    private static void read(Path file, List<Event> events) throws IOException {
        try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0L, channel.size(), arena);
            if (bytes.byteSize() % Kleak.RECORD != 0L) {
                throw new IOException(file + ": " + bytes.byteSize() + " bytes: must be a multiple of " + Kleak.RECORD);
            }
            for (long at = 0L; at < bytes.byteSize(); at += Kleak.RECORD) {
                events.add(new Event(bytes.get(Kleak.LONG, at), bytes.get(Kleak.INT, at + 8L),
                        bytes.get(Kleak.INT, at + 12L), bytes.get(Kleak.LONG, at + 16L)));
            }
        }
    }
}
