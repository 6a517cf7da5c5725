// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one run of the soak has left, compared with the books of its writers, record by record. */
final class SoakCheck implements AutoCloseable {
    private final List<SoakBook> books = new ArrayList<>();
    private final List<BitSet> saved = new ArrayList<>();
    private final Map<SoakTest.Count, Long> counts = new EnumMap<>(SoakTest.Count.class);

    SoakCheck(Path directory, int writers) throws IOException {
        for (int i = 0; i < writers; i++) {
            books.add(new SoakBook(directory, i));
            saved.add(new BitSet());
        }
    }

    Map<SoakTest.Count, Long> counts() {
        return counts;
    }

    /** The collectors' files: no record twice, none that was not written, each writer's in order. */
    void output(Path output) throws IOException {
        for (int cpu = 0; Files.exists(output.resolve("cpu" + cpu)); cpu++) {
            final Map<Integer, Integer> last = new HashMap<>();
            for (final String line : lines(Files.readString(output.resolve("cpu" + cpu)))) {
                final int[] record = record(line);
                assertThat(saved.get(record[0]).get(record[1])).as("twice: " + line).isFalse();
                assertThat(last.getOrDefault(record[0], -1)).as("order: " + line).isLessThan(record[1]);
                saved.get(record[0]).set(record[1]);
                last.put(record[0], record[1]);
            }
        }
    }

    /** What was recovered; of this a collector may have had a part. */
    void rest(Path output) throws IOException {
        for (int cpu = 0; Files.exists(output.resolve("cpu" + cpu)); cpu++) {
            final BitSet[] seen = {new BitSet(), new BitSet(), new BitSet()};
            for (final String line : lines(Files.readString(output.resolve("cpu" + cpu)))) {
                final int[] record = record(line);
                assertThat(seen[record[0]].get(record[1])).as("twice: " + line).isFalse();
                seen[record[0]].set(record[1]);
                saved.get(record[0]).set(record[1]);
            }
        }
    }

    private static List<String> lines(String text) {
        assertThat(text.isEmpty() || text.endsWith("\n")).as("whole lines").isTrue();
        return text.lines().toList();
    }

    /** Its writer and number; it is as it must be, and was not refused. */
    private int[] record(String line) {
        final String[] words = line.split(" ", 3);
        final int writer = Integer.parseInt(words[0]);
        final int number = Integer.parseInt(words[1]);
        assertThat(line + "\n").isEqualTo(new String(SoakBook.record(writer, number), StandardCharsets.US_ASCII));
        assertThat(books.get(writer).get(number)).as(line).isIn(SoakBook.ACCEPTED, SoakBook.BEGUN);
        return new int[] {writer, number};
    }

    /**
     * After an end in order: every record that was accepted is saved, and every one that was refused is counted.
     *
     * @param lost how many the channel refused
     * @param overwritten how many it has overwritten
     * @param taken how many at most were in the hands of collectors that were killed in overwrite mode
     */
    void complete(long lost, long overwritten, long taken) {
        assertThat(judge()).as("missing").isBetween(overwritten, overwritten + taken);
        assertThat(counts.get(SoakTest.Count.CUT_BY_KILL)).as("begun").isZero();
        assertThat(counts.get(SoakTest.Count.LOST)).as("counted by the channel").isEqualTo(lost);
        counts.put(SoakTest.Count.OVERWRITTEN, overwritten);
    }

    /** The same after a kill, in which each writer may have been in the middle of one record. */
    void missing(long lost, long overwritten, long taken, long reported) {
        assertThat(judge()).as("missing").isBetween(0L, overwritten + taken + reported);
        assertThat(lost).as("counted by the channel").isBetween(counts.get(SoakTest.Count.LOST),
                counts.get(SoakTest.Count.LOST) + counts.get(SoakTest.Count.CUT_BY_KILL));
        counts.put(SoakTest.Count.OVERWRITTEN, overwritten);
        counts.put(SoakTest.Count.REPORTED_MISSING, reported);
    }

    /** Counts by fate; returns how many were accepted and are not there. */
    private long judge() {
        final long[] fates = new long[SoakBook.CLOSED + 1];
        long there = 0L;
        long missing = 0L;
        for (int writer = 0; writer < books.size(); writer++) {
            final SoakBook book = books.get(writer);
            for (int number = 0; book.get(number) != SoakBook.UNTRIED; number++) {
                final byte fate = book.get(number);
                final boolean isSaved = saved.get(writer).get(number);
                fates[fate]++;
                there += isSaved ? 1L : 0L;
                missing += fate == SoakBook.ACCEPTED && !isSaved ? 1L : 0L;
            }
        }
        counts.put(SoakTest.Count.ACCEPTED, fates[SoakBook.ACCEPTED]);
        counts.put(SoakTest.Count.SAVED, there);
        counts.put(SoakTest.Count.LOST, fates[SoakBook.LOST]);
        counts.put(SoakTest.Count.OFF, fates[SoakBook.OFF] + fates[SoakBook.CLOSED]);
        counts.put(SoakTest.Count.CUT_BY_KILL, fates[SoakBook.BEGUN]);
        return missing;
    }

    /**
     * What was shown beside all that: records that were accepted, none twice; the others are reported as not seen, but
     * for those, {@code gone} at most, that had left before the first look.
     */
    void tail(String json, long gone) throws IOException {
        final List<BitSet> seen = new ArrayList<>();
        books.forEach(book -> seen.add(new BitSet()));
        long shown = 0L;
        long unseen = 0L;
        for (final String line : lines(json)) {
            final Map<String, Object> object = JSON.std.mapFrom(line);
            if (object.containsKey("unseenRecords")) {
                unseen += ((Number) object.get("unseenRecords")).longValue();
                continue;
            }
            final String text = (String) object.get("text");
            final int[] record = record(text);
            assertThat(seen.get(record[0]).get(record[1])).as("shown twice: " + text).isFalse();
            seen.get(record[0]).set(record[1]);
            shown++;
        }
        final long all = counts.get(SoakTest.Count.ACCEPTED);
        assertThat(shown + unseen).as("shown and not seen").isBetween(all - gone, all);
        counts.put(SoakTest.Count.TAIL_SHOWN, shown);
        counts.put(SoakTest.Count.TAIL_UNSEEN, unseen);
    }

    @Override
    public void close() {
        books.forEach(SoakBook::close);
    }
}
