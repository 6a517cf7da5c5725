// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who lives, by the words in which processes say who they are, and that they live: {@link ProcessId}, {@link Beat}. */
class LifeWordsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long PID = (1L << 22) - 1L;
    private static final long START = (1L << 20) - 1L;
    /** Of this boot, in another PID namespace: what it says cannot be checked. */
    private static final long UNSEEN = ProcessId.self() ^ 1L << 42;

    private final ControlWords words = new ControlWords(
            MemorySegment.ofArray(new long[ControlWords.blockSize(2) / Long.BYTES]), 2);

    /** The field of {@code /proc/PID/stat} that proc(5) gives this number. */
    private static String stat(long pid, int field) throws IOException {
        final Path file = Path.of("/proc/" + pid + "/stat");
        assumeTrue(Files.isReadable(file), "no " + file);
        final String stat = Files.readString(file);
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field - 3];
    }

    /** A process here and now, as it would call itself. */
    private static long id(long pid, long start) {
        return ProcessId.self() >>> 42 << 42 | (start & START) << 22 | pid & PID;
    }

    private static long start(long pid) throws IOException {
        return Long.parseLong(stat(pid, 22));
    }

    @Test
    void aProcessIsItsNumberAndItsStartInClockTicks() throws IOException {
        final long pid = ProcessHandle.current().pid();
        assertThat(ProcessId.pid(ProcessId.self())).isEqualTo(pid);
        assertThat(ProcessId.self()).isEqualTo(id(pid, start(pid)));
        assertThat(ProcessId.life(ProcessId.self())).isEqualTo(Life.ALIVE);
    }

    @Test
    void anotherProcessLivesFromItsStartToItsEnd() throws Exception {
        final Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            final long start = start(sleep.pid());
            final long id = id(sleep.pid(), start);
            assertThat(ProcessId.life(id)).isEqualTo(Life.ALIVE);
            assertThat(ProcessId.life(id(sleep.pid(), start + 1L))).as("one before it").isEqualTo(Life.DEAD);
            assertThat(ProcessId.life(id(sleep.pid(), start - 1L))).isEqualTo(Life.DEAD);
            sleep.destroyForcibly().waitFor();
            assertThat(ProcessId.life(id)).isEqualTo(Life.DEAD);
        } finally {
            sleep.destroyForcibly();
        }
    }

    @Test
    void aZombieIsDead() throws Exception {
        final Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 60").start();
        try {
            final long child = Long.parseLong(parent.inputReader().readLine());
            while (!stat(child, 3).equals("Z")) { // its parent, a sleep by now, does not wait for it
                Thread.onSpinWait();
            }
            assertThat(ProcessId.life(id(child, start(child)))).isEqualTo(Life.DEAD);
        } finally {
            parent.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"42, UNKNOWN", "53, UNKNOWN", "54, DEAD", "63, DEAD"})
    void whoIsInAnotherNamespaceIsUnknownAndWhoRanBeforeTheBootIsDead(int bit, Life life) {
        assertThat(ProcessId.life(ProcessId.self() ^ 1L << bit)).isEqualTo(life);
        assertThat(ProcessId.life(ProcessId.self() ^ 1L << bit ^ 1L << 22 ^ 1L)).isEqualTo(life);
    }

    // ---- beats --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"0, 4, true", "0, 6, false", "1, 4, true", "1, 6, false", "10, 45, true", "10, 55, false",
        "0, -60, true"})
    void aBeatIsFreshForFiveIntervalsOfASecondOrMore(long interval, long age, boolean fresh) {
        assertThat(Beat.isFresh(Beat.now() - age * SECOND, interval * SECOND)).isEqualTo(fresh);
        assertThat(Beat.isFresh(0L, Long.MAX_VALUE / 10L)).as("none was ever given").isFalse();
    }

    @Test
    void aBeatIsAskedForWhereNothingIsSeen() {
        final long old = Beat.now() - 60L * SECOND;
        assertThat(Beat.life(UNSEEN, Beat.now(), 0L)).isEqualTo(Life.ALIVE);
        assertThat(Beat.life(UNSEEN, old, 0L)).isEqualTo(Life.UNKNOWN);
        assertThat(Beat.life(UNSEEN, old, 20L * SECOND)).isEqualTo(Life.ALIVE);
        assertThat(Beat.life(ProcessId.self(), old, 0L)).isEqualTo(Life.ALIVE);
        assertThat(Beat.life(ProcessId.self() ^ 1L << 63, Beat.now(), 0L)).isEqualTo(Life.DEAD);
        assertThat(Beat.life(ProcessId.self() ^ 1L << 22, Beat.now(), 0L)).as("its pid is ours now").isEqualTo(
                Life.DEAD);
    }

    // ---- claims -------------------------------------------------------------------------------------------------

    @Test
    void aConsumerThatCannotBeSeenKeepsItsPlaceWhileItBeats() {
        words.casConsumer(0L, UNSEEN);
        words.consumerBeatOpaque(Beat.now());
        assertThatThrownBy(() -> Claims.claimConsumer(words, "b")).isInstanceOf(IllegalStateException.class)
                .hasMessage("buffer b has a consumer already, in process " + ProcessId.pid(UNSEEN)
                        + ", which beats but cannot be seen from here: a buffer has one at a time");
        assertThat(words.consumerOpaque()).isEqualTo(UNSEEN);
        words.consumerBeatOpaque(Beat.now() - 60L * SECOND);
        words.mappedBeatOpaque(0, Beat.now());
        Claims.claimConsumer(words, "b");
        assertThat(words.consumerOpaque()).isEqualTo(ProcessId.self());
    }

    @Test
    void aConsumerThatIsSeenKeepsItsPlaceWithoutABeat() {
        words.casConsumer(0L, ProcessId.self());
        words.consumerBeatOpaque(1L);
        assertThatThrownBy(() -> Claims.claimConsumer(words, "b")).isInstanceOf(IllegalStateException.class)
                .hasMessage("buffer b has a consumer already, in process " + ProcessHandle.current().pid()
                        + ": a buffer has one at a time");
        assertThat(words.consumerBeatOpaque()).as("no claim, no beat").isEqualTo(1L);
    }

    @Test
    void aDeadMappedReadersEntryIsTaken() {
        for (int entry = 0; entry < ControlWords.MAX_MAPPED; entry++) {
            words.casMapped(entry, 0L, ProcessId.self() ^ 1L << 63);
        }
        assertThat(Claims.claimMapped(words, "b")).isZero();
        assertThat(words.mappedOpaque(0)).isEqualTo(ProcessId.self());
    }

    @Test
    void aClaimIsGivenBackByItsOwnerOnly() {
        words.casConsumer(0L, UNSEEN);
        words.casMapped(2, 0L, UNSEEN);
        Claims.releaseConsumer(words);
        Claims.releaseMapped(words, 2);
        assertThat(List.of(words.consumerOpaque(), words.mappedOpaque(2))).containsOnly(UNSEEN);
        words.casConsumer(UNSEEN, ProcessId.self());
        words.casMapped(2, UNSEEN, ProcessId.self());
        Claims.releaseConsumer(words);
        Claims.releaseMapped(words, 2);
        assertThat(List.of(words.consumerOpaque(), words.mappedOpaque(2))).containsOnly(0L);
    }

    @Test
    void aMappedReaderThatIsGoneIsForgottenAndItsEntryCanBeTaken() {
        final long old = Beat.now() - 60L * SECOND;
        final long[] owners = {UNSEEN, UNSEEN, ProcessId.self() ^ 1L << 63, ProcessId.self()};
        final long[] beats = {Beat.now(), old, Beat.now(), old};
        for (int entry = 0; entry < owners.length; entry++) {
            words.casMapped(entry, 0L, owners[entry]);
            words.mappedBeatOpaque(entry, beats[entry]);
        }
        final long[] left = {UNSEEN, 0L, 0L, ProcessId.self()};
        for (int entry = 0; entry < owners.length; entry++) {
            assertThat(Claims.mapped(words, entry)).as("entry %d", entry).isEqualTo(left[entry]);
            assertThat(words.mappedOpaque(entry)).as("entry %d", entry).isEqualTo(left[entry]);
        }
        assertThat(Claims.claimMapped(words, "b")).as("the first that is void").isEqualTo(1);
        assertThat(Claims.claimMapped(words, "b")).isEqualTo(2);
        assertThat(Claims.claimMapped(words, "b")).isEqualTo(4);
    }
}
