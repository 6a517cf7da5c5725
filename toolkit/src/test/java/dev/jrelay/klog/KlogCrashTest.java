// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes is killed at a random moment. What its files hold is read by {@link KlogReader}: of each
 * writer a range of numbers without gap, ending with its last finished record; nothing torn, twice or from before.
 */
class KlogCrashTest {
    private static final int WRITERS = 3;
    private static final int SIZE = 4096;
    private static final int COUNT = 4;
    private static final long TAIL = 4096L;

    @TempDir
    Path directory;

    @RepeatedTest(8)
    void whatWasFinishedIsFound() throws Exception {
        final long seed = new Random().nextLong();
        System.out.println("KlogCrashTest seed " + seed);
        final Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-cp", System.getProperty("java.class.path"), Writer.class.getName(), directory.toString())
                .redirectErrorStream(true).start();
        try {
            assertThat(writer.getInputStream().read()).as("it has opened the channel").isEqualTo('o');
            final long records = 200L + new Random(seed).nextInt(50_000);
            try (MappedChannel channel = MappedChannel.open(directory, "klog")) {
                while (channel.statsSinceOpen(0).attempted().records() < records && writer.isAlive()) {
                    Thread.onSpinWait();
                }
                writer.destroyForcibly();
                assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }
        } finally {
            writer.destroyForcibly();
        }
        check();
    }

    private void check() throws IOException {
        final long tail = map(ChannelFiles.controlName("klog")).get(ValueLayout.JAVA_LONG, TAIL) & -1L >>> 3;
        final long last = tail / SIZE;
        final MemorySegment data = map(ChannelFiles.bufferName("klog", 0));
        final KlogReader reader = new KlogReader();
        final TreeSet<?>[] found = new TreeSet<?>[WRITERS];
        for (int i = 0; i < WRITERS; i++) {
            found[i] = new TreeSet<Long>();
        }
        long unfinished = 0L;
        for (long q = Math.max(0L, last - COUNT + 1L); q <= last; q++) {
            final long end = q == last ? tail % SIZE : SIZE;
            for (reader.wrap(data.asSlice(q % COUNT * SIZE, SIZE), q, 0L, end); reader.next();) {
                final String text = reader.text();
                final int writer = text.charAt(0) - '0';
                final long number = Long.parseLong(text.substring(2, text.indexOf(' ', 2)));
                assertThat(text).isEqualTo(Writer.text(writer, number));
                @SuppressWarnings("unchecked")
                final TreeSet<Long> numbers = (TreeSet<Long>) found[writer];
                assertThat(numbers.add(number)).as(text).isTrue();
            }
            unfinished += q == last ? reader.damagedBytes() : 0L;
        }
        for (final TreeSet<?> numbers : found) {
            if (!numbers.isEmpty()) {
                assertThat((Long) numbers.last() - (Long) numbers.first() + 1L).isEqualTo(numbers.size());
            }
        }
        assertThat(unfinished).as("at most one record of each writer").isLessThanOrEqualTo(WRITERS * 128L);
    }

    private MemorySegment map(String name) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(name))) {
            return file.map(FileChannel.MapMode.READ_ONLY, 0L, Files.size(directory.resolve(name)), Arena.ofAuto());
        }
    }

    /** Writes until it is killed. */
    static final class Writer {
        private Writer() {
        }

        static String text(int writer, long number) {
            return writer + " " + number + " " + "x".repeat((int) (number % 80L));
        }

        public static void main(String[] args) throws Exception {
            final Klog klog = new Klog();
            klog.attach(Channel.open(ChannelConfig.builder("klog").subBufferSize(SIZE).subBufferCount(COUNT)
                    .bufferCount(1).mode(Mode.OVERWRITE).storage(Storage.files(Path.of(args[0]))).build()));
            for (int i = 0; i < WRITERS; i++) {
                final int writer = i;
                Thread.ofPlatform().start(() -> {
                    for (long number = 0L; ; number++) {
                        while (klog.print(text(writer, number)) < 0L) {
                            Thread.onSpinWait(); // a stalled writer is in the way: the number is still to be written
                        }
                    }
                });
            }
            System.out.println("open");
            System.out.flush();
        }
    }
}
