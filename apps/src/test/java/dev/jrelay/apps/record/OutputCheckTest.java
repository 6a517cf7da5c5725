// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check must find whatever may go wrong between the writers and the files: each kind is planted once here. */
class OutputCheckTest {
    private static final Geometry GEOMETRY = new Geometry(64, 4, 0, Mode.OVERWRITE);
    private static final RecordFormat LINES = new RecordFormat.Lines();

    @TempDir
    private Path directory;
    private final RecordHash.Key key = RecordHash.Key.random();
    private final Ledger ledger = new Ledger();
    private final Deliveries deliveries = new Deliveries();
    private final List<String> subBuffers = new ArrayList<>(List.of("alpha\nbeta\ngamma\n", "delta\nequal\nequal\n",
            "zeta\neta\n", "theta\niota\nkappa\n", "last, without end"));
    private OutputCheck check;

    @BeforeEach
    void write() {
        for (int sequence = 0; sequence < subBuffers.size(); sequence++) {
            final byte[] bytes = subBuffers.get(sequence).getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < bytes.length;) { // record by record, as several writers would
                final int complete = LINES.end(bytes, at, bytes.length);
                final int end = complete < 0 ? bytes.length : complete;
                final RecordHash sum = new RecordHash(key);
                sum.add(GEOMETRY.position(sequence, at), bytes, at, end - at);
                ledger.add(sequence, sum, 1, end - at, end - at);
                at = end;
            }
        }
    }

    private String check(int... sequences) throws IOException {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (final int sequence : sequences) {
            file.writeBytes(subBuffers.get(sequence).getBytes(StandardCharsets.UTF_8));
        }
        return checkFile(file.toByteArray());
    }

    private String checkFile(byte[] bytes) throws IOException {
        final Path file = directory.resolve("cpu0");
        Files.write(file, bytes);
        check = new OutputCheck(new PlainReader(List.of(file), LINES), ledger, deliveries, 0L, GEOMETRY, key);
        return check.run();
    }

    @Test
    void passesWhatWasWritten() throws IOException {
        deliveries.add(0, 5);
        assertThat(check(0, 1, 2, 3, 4)).isNull();
        assertThat(check.records()).isEqualTo(12);
        assertThat(check.bytes()).isEqualTo(String.join("", subBuffers).length());
        assertThat(check.missingRecords()).isZero();
    }

    /** The sub-buffers of each file, separated by commas. */
    private String checkFiles(String... contents) throws IOException {
        final List<Path> files = new ArrayList<>();
        for (int i = 0; i < contents.length; i++) {
            final StringBuilder content = new StringBuilder();
            for (final String sequence : contents[i].split(",", -1)) {
                content.append(sequence.isEmpty() ? "" : subBuffers.get(Integer.parseInt(sequence)));
            }
            files.add(Files.writeString(directory.resolve("cpu0." + i), content));
        }
        check = new OutputCheck(new PlainReader(files, LINES), ledger, deliveries, 0L, GEOMETRY, key);
        return check.run();
    }

    @Test
    void readsFilesThatHaveRotated() throws IOException {
        deliveries.add(0, 5);
        assertThat(checkFiles("0", "1,2", "3,4")).isNull();
        assertThat(check.records()).isEqualTo(12);
        assertThat(check.bytes()).isEqualTo(String.join("", subBuffers).length());
    }

    @Test
    void findsWhatIsWrongWithFilesThatHaveRotated() throws IOException {
        deliveries.add(0, 5);
        assertThat(checkFiles("0,1", "3,4")).as("a file is missing").contains("cpu0.1, at byte 0: sub-buffer 2");
        assertThat(checkFiles("0,1", "2,3")).as("the last one is missing").contains("sub-buffer 4", "0 of 17 bytes");
        assertThat(checkFiles("2", "0,1", "3,4")).as("exchanged").contains("cpu0.0, at byte 0: sub-buffer 0");
        assertThat(checkFiles("0,1", "", "2,3,4")).as("an empty one").contains("sub-buffer 2", "0 of 9 bytes");
        assertThat(checkFiles("0,1,2", "3,4", "4")).as("one too many").contains("17 bytes behind");
        assertThat(checkFiles("0,1,2", "3,4", "")).as("an empty one behind")
                .contains("0 bytes behind", "in files up to");
    }

    @Test
    void findsASubBufferSplitBetweenFiles() throws IOException {
        deliveries.add(0, 5);
        final String whole = String.join("", subBuffers);
        for (int cut = 1; cut < whole.length(); cut++) {
            Files.writeString(directory.resolve("cpu0"), whole.substring(0, cut));
            Files.writeString(directory.resolve("cpu0.1"), whole.substring(cut));
            final String before = whole.substring(0, cut);
            int end = 0;
            boolean isBoundary = false;
            for (final String subBuffer : subBuffers) {
                end += subBuffer.length();
                isBoundary |= end == cut;
            }
            final List<Path> files = List.of(directory.resolve("cpu0"), directory.resolve("cpu0.1"));
            check = new OutputCheck(new PlainReader(files, LINES), ledger, deliveries, 0L, GEOMETRY, key);
            assertThat(check.run() == null).as("cut behind %s", before).isEqualTo(isBoundary);
        }
    }

    @Test
    void findsAnyChangedByte() throws IOException {
        deliveries.add(0, 5);
        final byte[] whole = String.join("", subBuffers).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < whole.length; i++) {
            for (int bit = 1; bit < 256; bit <<= 1) {
                final byte[] changed = whole.clone();
                changed[i] ^= (byte) bit;
                assertThat(checkFile(changed)).as("byte %d, bit %d", i, bit).isNotNull();
            }
        }
    }

    @Test
    void findsAnyLostByteAndAnyDoubledByte() throws IOException {
        deliveries.add(0, 5);
        final String whole = String.join("", subBuffers);
        for (int i = 0; i < whole.length(); i++) {
            final String without = whole.substring(0, i) + whole.substring(i + 1);
            final String twice = whole.substring(0, i + 1) + whole.substring(i);
            assertThat(checkFile(without.getBytes(StandardCharsets.UTF_8))).as("without %d", i).isNotNull();
            assertThat(checkFile(twice.getBytes(StandardCharsets.UTF_8))).as("twice %d", i).isNotNull();
        }
    }

    @Test
    void findsExchangedRecordsOfOneLength() throws IOException {
        deliveries.add(0, 5);
        subBuffers.set(1, "equal\ndelta\nequal\n");
        assertThat(check(0, 1, 2, 3, 4)).contains("at byte 17: sub-buffer 1:").contains("3 records");
    }

    @Test
    void findsALostRecordHiddenByADoubledOne() throws IOException {
        deliveries.add(0, 5);
        subBuffers.set(0, "alpha\nbeta\nalpha\n");
        assertThat(check(0, 1, 2, 3, 4)).contains("at byte 0: sub-buffer 0");
    }

    @Test
    void findsExchangedSubBuffersOfOneLength() throws IOException {
        deliveries.add(0, 5);
        assertThat(subBuffers.get(3)).hasSameSizeAs(subBuffers.get(0));
        assertThat(check(3, 1, 2, 0, 4)).contains("at byte 0: sub-buffer 0");
    }

    @Test
    void findsALostAndADoubledSubBuffer() throws IOException {
        deliveries.add(0, 5);
        assertThat(check(0, 1, 3, 4)).contains("sub-buffer 2");
        assertThat(check(0, 1, 1, 2, 3, 4)).contains("sub-buffer 2");
        assertThat(check(0, 1, 2, 3)).contains("sub-buffer 4").contains("0 of 17 bytes");
        assertThat(check(0, 1, 2, 3, 4, 0)).contains("17 bytes behind the last sub-buffer");
    }

    @Test
    void findsARecordCutInTwo() throws IOException {
        deliveries.add(0, 5);
        subBuffers.set(2, "zeta\n\nta\n");
        assertThat(check(0, 1, 2, 3, 4)).contains("its 3 records, 9 bytes, are not the 2 records");
    }

    @Test
    void countsWhatIsMissingInOverwriteMode() throws IOException {
        deliveries.add(0, 1);
        deliveries.add(3, 2);
        assertThat(check(0, 3, 4)).isNull();
        assertThat(check.records()).isEqualTo(7);
        assertThat(check.missingRecords()).isEqualTo(5);
        assertThat(check.missingBytes()).isEqualTo(subBuffers.get(1).length() + subBuffers.get(2).length());
        assertThat(deliveries.longestGap()).isEqualTo(2);
    }

    @Test
    void findsAConsumerThatNamesOtherSubBuffers() throws IOException {
        deliveries.add(0, 1);
        deliveries.add(2, 2);
        assertThat(check(0, 3, 4)).contains("sub-buffer 2");
    }

    @Test
    void refusesSequencesThatGoBackwardsOrWereNeverWritten() throws IOException {
        deliveries.add(1, 1);
        deliveries.add(0, 1);
        assertThat(check(1, 0)).contains("after 1");
        final Deliveries future = new Deliveries();
        future.add(1L << 40, 1);
        Files.write(directory.resolve("cpu0"), new byte[0]);
        final OutputReader empty = new PlainReader(List.of(directory.resolve("cpu0")), LINES);
        assertThat(new OutputCheck(empty, ledger, future, 0L, GEOMETRY, key).run())
                .contains("the writers filled none beyond");
    }
}
