// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Snapshot.Target}: which copies are kept, when writers go on in the middle of one. */
class SnapshotTargetTest {
    private static final String FULL = "0123456789abcdef";

    @TempDir
    private Path directory;

    private Channel channel;
    private RecordWriter writer;
    private MappedChannel mapped;

    /** Keeps texts; in the middle of the copy of one sub-buffer something else is done. */
    private static final class Recorder implements Snapshot.Target {
        final List<String> kept = new ArrayList<>();
        int copies;
        private final long interrupted;
        private final Runnable interruption;
        private String last;

        Recorder(long interrupted, Runnable interruption) {
            this.interrupted = interrupted;
            this.interruption = interruption;
        }

        @Override
        public void copy(SubBuffer live) {
            copies++;
            last = Rig.text(live);
            if (live.sequence() == interrupted) {
                interruption.run();
            }
        }

        @Override
        public void keep(SubBuffer copied, boolean isComplete) {
            kept.add(copied.sequence() + " " + last + (isComplete ? "" : "..."));
        }
    }

    private void open(Variant variant, int count) throws IOException {
        channel = Channel.open(ChannelConfig.builder("snap").mode(variant.mode).bufferCount(1)
                .exclusiveBuffers(variant.exclusive ? 1 : 0).subBufferSize(FULL.length()).subBufferCount(count)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).build());
        writer = variant.writer(channel, 0);
        mapped = MappedChannel.look(directory, "snap");
    }

    @AfterEach
    void close() throws IOException {
        mapped.close();
        channel.close();
    }

    private void write(String... records) {
        for (final String record : records) {
            assertThat(writer.write(Rig.bytes(record), 0, record.length())).isNotNegative();
        }
    }

    private List<String> kept(long from, long interrupted, String... meanwhile) throws IOException {
        final Recorder recorder = new Recorder(interrupted, () -> write(meanwhile));
        mapped.snapshot(0, from, recorder);
        return recorder.kept;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void onlyTheBeginningOfTheCurrentOneIsNotComplete(Variant variant) throws IOException {
        open(variant, 4);
        assertThat(kept(-1L, -1L)).isEmpty();
        write("abc");
        assertThat(kept(-1L, -1L)).containsExactly("0 abc...");
        write(FULL);
        assertThat(kept(-1L, -1L)).containsExactly("0 abc", "1 " + FULL);
        write("x");
        assertThat(kept(-1L, -1L)).containsExactly("0 abc", "1 " + FULL, "2 x...");
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 2", "2, 1", "3, 0", "-1, 3", "4, 3", "1000000, 3"})
    void itBeginsWithTheOneThatIsAskedForOrWithTheOldest(long from, int complete) throws IOException {
        open(Variant.SHARED_OVERWRITE_FILES, 4);
        write(FULL, FULL, FULL, "x");
        final List<String> kept = kept(from, -1L);
        assertThat(kept).hasSize(complete + 1).endsWith("3 x...");
        write(FULL, FULL, FULL);
        assertThat(kept(1L, -1L)).as("1 and 2 are gone").containsExactly("3 x", "4 " + FULL, "5 " + FULL, "6 " + FULL);
        assertThat(kept(5L, -1L)).containsExactly("5 " + FULL, "6 " + FULL);
    }

    /** The slot of 0 is that of 2: full and not opened again, opened, left behind. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE_FILES", "EXCLUSIVE_OVERWRITE_FILES"})
    void aCopyIsKeptUnlessItsSlotWasOpenedAgainMeanwhile(Variant variant) throws IOException {
        open(variant, 2);
        write(FULL);
        assertThat(kept(-1L, 0L, FULL)).as("the tail is a lap ahead, at the boundary")
                .containsExactly("0 " + FULL);
        assertThat(kept(-1L, 0L, "x")).as("its slot is opened").containsExactly("1 " + FULL, "2 x...");
        assertThat(kept(-1L, 1L, FULL)).as("its slot is full again").isEmpty();
        assertThat(kept(-1L, 2L, FULL, FULL)).as("all slots are full again").isEmpty();
        assertThat(kept(-1L, 5L, FULL, "y")).as("of the newest one, too").containsExactly("4 " + FULL);
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE_FILES", "EXCLUSIVE_OVERWRITE_FILES"})
    void theBeginningOfTheCurrentOneIsKeptUnlessItsSlotWasOpenedAgainMeanwhile(Variant variant) throws IOException {
        open(variant, 2);
        write("abc");
        assertThat(kept(-1L, 0L, "def")).as("a record more").containsExactly("0 abc...");
        assertThat(kept(-1L, 0L, FULL)).as("the next one is full").containsExactly("0 abcdef...");
        write("ghi");
        final Recorder recorder = new Recorder(2L, () -> write(FULL, FULL, "x"));
        mapped.snapshot(0, 2L, recorder);
        assertThat(recorder.kept).as("a lap later").isEmpty();
        assertThat(recorder.copies).as("there is nothing left to try again").isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE_FILES", "EXCLUSIVE_OVERWRITE_FILES"})
    void whatATargetThrowsEndsItAndLetsGoOfTheMapping(Variant variant) throws IOException {
        open(variant, 2);
        write(FULL, "x");
        final List<SubBuffer> seen = new ArrayList<>();
        assertThatThrownBy(() -> mapped.snapshot(0, -1L, new Snapshot.Target() {
            @Override
            public void copy(SubBuffer live) throws IOException {
                seen.add(live);
                throw new IOException("no room");
            }

            @Override
            public void keep(SubBuffer copied, boolean isComplete) {
                throw new AssertionError("it was not copied");
            }
        })).isInstanceOf(IOException.class).hasMessage("no room");
        mapped.close();
        assertThat(seen).singleElement().satisfies(live -> assertThat(live.segment().scope().isAlive()).isFalse());
    }
}
