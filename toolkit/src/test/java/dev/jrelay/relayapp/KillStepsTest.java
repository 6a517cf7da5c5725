// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.ChannelFiles;
import dev.jrelay.Consumer;
import dev.jrelay.CrashImage;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.SubBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A kill at every protocol step: for each k the process of {@link StepScenario} ends before its k-th access to a shared
 * word. What it leaves is recovered and compared with its book: everything delivered byte for byte, every record that
 * is not consumed either saved or counted as missing, nothing else.
 */
class KillStepsTest {
    private static final long WRITER_AT = 48L;
    private static final long BLOCK_AT = 4096L;
    private static final long CONSUMED_AT = BLOCK_AT + 128L;
    private static final long CONSUMER_AT = BLOCK_AT + 896L;
    /** A process id that no process has. */
    private static final long NOBODY = 0x7fff_fff0L << 32 | 1L;
    private static final int SHIFT = 6;

    private final Map<CrashImage.State, Integer> seen = new EnumMap<>(CrashImage.State.class);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"NO_OVERWRITE, false, 2", "OVERWRITE, false, 2", "NO_OVERWRITE, true, 2", "OVERWRITE, true, 2",
        "NO_OVERWRITE, false, 1", "OVERWRITE, true, 1"})
    void everythingIsSavedOrCounted(Mode mode, boolean exclusive, int count) throws Exception {
        final Class<?> scenario = new StepLoader().loadClass(StepScenario.class.getName());
        final Class<?> modes = scenario.getClassLoader().loadClass(Mode.class.getName());
        long steps = 0L;
        for (boolean killed = true; killed; steps++) {
            final Path run = Files.createDirectory(directory.resolve("run" + steps));
            final Object life = scenario.getConstructor(modes, boolean.class, int.class).newInstance(
                    modes.getEnumConstants()[mode.ordinal()], exclusive, count);
            final Steps book = new Steps();
            killed = run(life, run, book, steps);
            kill(run);
            final String what = mode + (exclusive ? " exclusive, n " : " shared, n ") + count + ", killed at step "
                    + steps;
            if (isComplete(run)) {
                check(run, book, exclusive, what);
            } else {
                assertThat(book.entries()).as(what).isEmpty();
                assertThatThrownBy(() -> new Recovery(run, "cpu", false, false).run(run.resolve("out"), false)).as(what)
                        .isInstanceOf(IOException.class);
            }
            Steps.killAfter(Long.MAX_VALUE);
            ((AutoCloseable) life).close();
        }
        System.out.println("KillStepsTest: " + mode + (exclusive ? ", exclusive, n " : ", shared, n ") + count + ": "
                + steps + " steps, sub-buffers found: " + seen);
        assertThat(steps).isGreaterThan(exclusive ? 150L : 250L);
        assertThat(seen.keySet()).contains(CrashImage.State.DELIVERED, CrashImage.State.COMPLETE,
                CrashImage.State.STABLE);
        assertThat(seen.containsKey(CrashImage.State.UNSTABLE)).isEqualTo(!exclusive);
    }

    /** Runs up to the kill; false if the scenario came to its end. */
    @SuppressWarnings("unchecked")
    private static boolean run(Object life, Path run, Steps book, long accesses) {
        try {
            Steps.killAfter(accesses);
            ((BiConsumer<Path, Steps>) life).accept(run, book);
            return false;
        } catch (Steps.Killed here) {
            return true;
        }
    }

    /** The files say that they are this process's, which is alive: gives them to nobody. */
    private static void kill(Path run) throws IOException {
        try (FileChannel file = FileChannel.open(run.resolve(ChannelFiles.controlName("cpu")),
                StandardOpenOption.WRITE)) {
            final ByteBuffer nobody = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, NOBODY);
            file.write(nobody, WRITER_AT);
            file.write(nobody.rewind(), CONSUMER_AT);
        }
    }

    private static boolean isComplete(Path run) throws IOException {
        return word(run, 0L) != 0L;
    }

    private static long word(Path run, long at) throws IOException {
        final byte[] all = Files.readAllBytes(run.resolve(ChannelFiles.controlName("cpu")));
        return ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).getLong((int) at);
    }

    private void check(Path run, Steps book, boolean exclusive, String what) throws IOException {
        final long consumed = word(run, CONSUMED_AT);
        try (CrashImage image = CrashImage.open(run, "cpu")) {
            image.parts(0).forEach(part -> seen.merge(part.state(), 1, Integer::sum));
        }
        final Recovery.Found found = new Recovery(run, "cpu", false, false).run(run.resolve("out"), false).get(0);
        final byte[] bytes = Files.readAllBytes(found.file());
        final List<Steps.Entry> saved = parse(bytes, book, what);

        long records = 0L;
        for (final Steps.Entry entry : saved) {
            assertThat(entry.finished || entry.aborted || entry == book.inFlight())
                    .as(what + ", record " + entry.number).isTrue();
            records += entry.aborted ? 0L : 1L;
        }
        assertThat(found.records()).as(what).isEqualTo(records);
        final List<Steps.Entry> absent = book.entries().stream()
                .filter(entry -> entry.finished && entry.position() >>> SHIFT >= consumed && !saved.contains(entry))
                .toList();
        final boolean maybe = book.inFlight() != null && !saved.contains(book.inFlight());
        assertThat(found.missingRecords()).as(what + ": finished, not consumed, not saved: " + absent.size())
                .isBetween((long) absent.size(), absent.size() + (maybe ? 1L : 0L));
        if (exclusive) {
            assertThat(found.problem()).as(what).isNull();
        }
        checkAgainstReaders(run, bytes, saved, book, what);
    }

    /** What the kernel's own readers get from the same files is a part of what was recovered. */
    private static void checkAgainstReaders(Path run, byte[] bytes, List<Steps.Entry> saved, Steps book, String what)
            throws IOException {
        try (MappedChannel channel = MappedChannel.open(run, "cpu")) {
            for (final SubBuffer copy : channel.snapshot(0).subBuffers()) {
                final byte[] content = new byte[copy.length()];
                copy.bytes().get(content);
                assertThat(saved).as(what).containsAll(parse(content, book, what));
            }
            final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
            try (Consumer consumer = channel.consumer(0)) {
                for (SubBuffer next = consumer.next(); next != null; next = consumer.next()) {
                    final byte[] content = new byte[next.length()];
                    next.bytes().get(content);
                    delivered.writeBytes(content);
                    consumer.subBuffersConsumed(1);
                }
            }
            assertThat(Arrays.copyOf(bytes, delivered.size())).as(what).isEqualTo(delivered.toByteArray());
        }
    }

    /** The records in their order; fails for bytes that are no record of the book, and for one that comes twice. */
    private static List<Steps.Entry> parse(byte[] bytes, Steps book, String what) {
        final List<Steps.Entry> found = new ArrayList<>();
        for (int at = 0; at < bytes.length;) {
            if (bytes[at] == StepScenario.MARK) {
                for (int i = 0; i < StepScenario.HEADER; i++) {
                    assertThat(bytes[at + i]).as(what).isEqualTo(StepScenario.MARK);
                }
                at += StepScenario.HEADER;
            } else {
                final Steps.Entry entry = bytes[at] == 0 ? book.aborted() : book.entries().get(bytes[at + 1]);
                assertThat(found).as(what).doesNotContain(entry);
                assertThat(Arrays.copyOfRange(bytes, at, at + entry.bytes.length)).as(what)
                        .isEqualTo(entry.bytes);
                found.add(entry);
                at += entry.bytes.length;
            }
        }
        return found;
    }
}
