// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.RelayBuffer;
import dev.jrelay.Result;
import dev.jrelay.Storage;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong with logging, who logs is not told by an exception; the line or the counters tell. */
class KlogFailureTest {
    private static final long TAIL = 4096L;

    private final Klog klog = new Klog();

    @TempDir
    private Path directory;

    /** Two lists that contain each other: their toString ends in a StackOverflowError. */
    private static List<Object> endless() {
        final List<Object> one = new ArrayList<>();
        final List<Object> other = new ArrayList<>();
        other.add(one);
        one.add(other);
        return one;
    }

    @Test
    void anErrorOfAnArgumentIsANoteInTheLine() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            assertThat(klog.printf("<%s> %d", endless(), 7L)).isNotNegative();
            klog.line().add("a ").add((Object) endless()).add(" b").end();
            assertThat(Records.drain(channel)).containsExactly(
                    "0:<(toString of java.util.ArrayList threw java.lang.StackOverflowError)> 7",
                    "0:a (toString of java.util.ArrayList threw java.lang.StackOverflowError) b");
            assertThat(klog.failureCount()).isEqualTo(2L);
        }
    }

    @Test
    void aTextThatCannotBeReadIsANoteInTheLine() throws Exception {
        final CharSequence shrinking = new Shrinking();
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            klog.print(shrinking);
            klog.printf("<%s>", shrinking);
            klog.line().add("abc", 1, 9).end();
            final String note = "(text of dev.jrelay.klog.KlogFailureTest$Shrinking threw "
                    + "java.lang.IndexOutOfBoundsException)";
            assertThat(Records.drain(channel)).containsExactly("0:x" + note, "0:<x" + note + ">",
                    "0:bc(text of java.lang.String threw java.lang.StringIndexOutOfBoundsException)");
            assertThat(klog.failureCount()).isEqualTo(3L);
        }
    }

    /** Says that it is longer than it is, as one that another thread shortens does. */
    private static final class Shrinking implements CharSequence {
        @Override
        public int length() {
            return 2;
        }

        @Override
        public char charAt(int index) {
            if (index == 0) {
                return 'x';
            }
            throw new IndexOutOfBoundsException();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            throw new AssertionError("asked");
        }
    }

    @Test
    void nullIsAnyArgument() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            assertThat(klog.printf(null)).isNotNegative();
            assertThat(klog.printf("x %s", (Object[]) null)).isNotNegative();
            assertThat(klog.printf(null, 1L)).isNotNegative();
            assertThat(klog.print(null)).isNotNegative();
            klog.line().add(null, 0, 4).end();
            assertThat(Records.drain(channel)).containsExactly("0:null", "0:x %s", "0:null", "0:null", "0:null");
            assertThat(klog.failureCount()).isZero();
        }
    }

    @Test
    void whatALoggingFrameworkBringsIsANoteToo() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            new Appender(klog).append("INFO", "a", "is {}", new Object[] {endless()}, new Broken());
            final LogRecord record = new LogRecord(Level.INFO, "is {0}");
            record.setParameters(new Object[] {endless()});
            record.setLoggerName("b");
            new KlogHandler(klog).publish(record);
            assertThat(Records.drain(channel)).containsExactly(
                    "0:INFO a - is (toString of java.util.ArrayList threw java.lang.StackOverflowError)\n"
                            + "(stack trace of dev.jrelay.klog.KlogFailureTest$Broken threw java.lang.AssertionError)",
                    "0:INFO b: is {0} (formatting of java.util.logging.LogRecord threw java.lang.StackOverflowError)");
            assertThat(klog.failureCount()).isEqualTo(3L);
        }
    }

    /** A throwable that cannot even be printed. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new AssertionError();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new AssertionError();
        }
    }

    @Test
    void systemLoggersThrowNothingEither() throws Exception {
        final System.Logger logger = new KlogLoggerFinder().getLogger("c", getClass().getModule());
        final long before = KlogLoggerFinder.klog().failureCount();
        try (Channel channel = Records.open(4096, 4)) {
            KlogLoggerFinder.klog().attach(channel);
            logger.log(System.Logger.Level.INFO, "is {0}", endless());
            logger.log(System.Logger.Level.INFO, (Object) endless());
            logger.log(System.Logger.Level.INFO, () -> endless().toString());
            logger.log(System.Logger.Level.INFO, "thrown", new Broken());
            assertThat(Records.drain(channel)).hasSize(4)
                    .allSatisfy(line -> assertThat(line).contains("(formatting of ").endsWith("Error)"));
            assertThat(KlogLoggerFinder.klog().failureCount() - before).isEqualTo(4L);
        } finally {
            KlogLoggerFinder.klog().detach();
        }
    }

    @Test
    void callbacksAndClocksThatThrowAreCounted() throws Exception {
        final Callbacks broken = new Callbacks() {
            @Override
            public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
                throw new AssertionError();
            }
        };
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).bufferCount(1)
                .callbacks(broken).build())) {
            klog.attach(channel);
            assertThat(klog.print("opens a sub-buffer")).isEqualTo(Klog.FAILED);
            assertThat(klog.print("is in it")).isNotNegative();
            assertThat(channel.statsSinceReset().aborted().records()).isOne();
            final Klog timeless = new Klog(64, () -> {
                throw new IllegalStateException();
            });
            timeless.attach(channel);
            assertThat(timeless.raw(new byte[1], 0, 1)).isEqualTo(Klog.FAILED);
            assertThat(timeless.print("x")).isEqualTo(Klog.FAILED);
            assertThat(timeless.failureCount()).isEqualTo(2L);
            assertThatThrownBy(() -> klog.raw(new byte[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(klog.failureCount()).isOne();
    }

    @Test
    void aTruncatedFileIsCounted() throws Exception {
        try (Channel channel = files()) {
            klog.attach(channel);
            assertThat(klog.print("first")).isNotNegative();
            try (FileChannel file = FileChannel.open(directory.resolve(ChannelFiles.bufferName("log", 0)),
                    StandardOpenOption.WRITE)) {
                file.truncate(0L);
            }
            assertThat(klog.print("second")).isEqualTo(Klog.FAILED);
            assertThat(klog.raw(new byte[8], 0, 8)).isEqualTo(Klog.FAILED);
            klog.flush();
            assertThat(klog.failureCount()).isGreaterThanOrEqualTo(2L);
        }
    }

    /** A peer that scribbles over the control page can lose records, and nothing else. */
    @Test
    void aHostileControlPageIsCounted() throws Exception {
        try (Channel channel = files()) {
            klog.attach(channel);
            assertThat(klog.print("first")).isNotNegative();
            try (FileChannel file = FileChannel.open(directory.resolve(ChannelFiles.controlName("log")),
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                final ByteBuffer tail = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
                file.read(tail, TAIL);
                file.write(tail.putLong(0, tail.getLong(0) + 4L).rewind(), TAIL);
            }
            assertThat(klog.print("second")).isEqualTo(Klog.FAILED);
            assertThat(klog.failureCount()).isOne();
        }
    }

    private Channel files() throws Exception {
        return Channel.open(ChannelConfig.builder("log").subBufferSize(4096).subBufferCount(4).bufferCount(1)
                .storage(Storage.files(directory)).build());
    }

    @Test
    void arraysHoldRecordsToo() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).subBufferCount(4)
                .bufferCount(1).storage(Storage.heap()).build())) {
            klog.attach(channel);
            assertThat(klog.printf("%d on the heap", 1L)).isNotNegative();
            assertThat(klog.raw(new byte[4096], 0, 4096)).isEqualTo(Result.TOO_LARGE);
            assertThat(Records.drain(channel)).containsExactly("0:1 on the heap");
            assertThat(klog.failureCount()).isZero();
        }
    }

    @Test
    void anExclusiveChannelIsRefused() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("own").bufferCount(1).exclusiveBuffers(1).build())) {
            assertThatThrownBy(() -> klog.attach(channel)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must have a shared one");
        }
    }
}
