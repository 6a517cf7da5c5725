// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.tee;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class TeeTest {
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Klog klog = new Klog();
    private Channel channel;

    @BeforeEach
    void open() throws Exception {
        channel = Channel.open(ChannelConfig.builder("tee").subBufferSize(4096).subBufferCount(16).bufferCount(1)
                .build());
        klog.attach(channel);
    }

    @AfterEach
    void close() throws Exception {
        System.setOut(realOut);
        System.setErr(realErr);
        channel.close();
    }

    private PrintStream capture(Charset charset) {
        return new PrintStream(printed, false, charset);
    }

    private List<String> lines() {
        channel.flush();
        final List<String> lines = new ArrayList<>();
        final KlogReader reader = new KlogReader();
        try (Consumer consumer = channel.consumer(0)) {
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                for (reader.wrap(s, 0); reader.next();) {
                    lines.add(reader.text());
                }
                consumer.subBuffersConsumed(1);
            }
        }
        return lines;
    }

    @Test
    void duplicatesAndPutsBack() {
        final PrintStream original = capture(ISO_8859_1);
        System.setOut(original);
        System.out.print("before ");
        try (Tee tee = Tee.out(klog)) {
            System.out.print('f');
            System.out.println("irst ä");
            System.out.printf("%d\r\n\n%s", 2, "no");
            System.out.write('!');
            System.out.flush();
            assertThat(System.out.checkError()).isFalse();
            assertThat(System.out).isNotSameAs(original);
            assertThat(tee).isNotNull();
        }
        assertThat(System.out).isSameAs(original);
        System.out.print(" after");
        assertThat(printed.toString(ISO_8859_1)).isEqualTo("before first ä" + System.lineSeparator()
                + "2\r\n\nno! after");
        assertThat(lines()).containsExactly("first ä", "2", "", "no!");
    }

    @Test
    void teesMayBeClosedInAnyOrder() {
        final PrintStream original = capture(UTF_8);
        System.setOut(original);
        final Tee lower = Tee.out(klog);
        final Tee upper = Tee.out(klog);
        System.out.println("twice");
        lower.close();
        System.out.println("once");
        upper.close();
        upper.close();
        assertThat(System.out).isSameAs(original);
        assertThat(lines()).containsExactly("twice", "twice", "once");
        assertThat(printed.toString(UTF_8)).isEqualTo("twice%1$sonce%1$s".formatted(System.lineSeparator()));
    }

    @Test
    void leavesWhatSomebodyElseHasPutInBetween() {
        System.setOut(capture(UTF_8));
        final Tee tee = Tee.out(klog);
        final PrintStream theirs = new PrintStream(System.out, true, UTF_8);
        System.setOut(theirs);
        System.out.print("through both\n");
        tee.close();
        assertThat(System.out).isSameAs(theirs);
        System.out.print("still passed on\n");
        assertThat(printed.toString(UTF_8)).isEqualTo("through both\nstill passed on\n");
        assertThat(lines()).containsExactly("through both");
    }

    @Test
    void duplicatesErrWithoutOut() {
        System.setErr(capture(UTF_8));
        final PrintStream original = System.err;
        try (Tee tee = Tee.err(klog)) {
            assertThat(tee).isNotNull();
            System.err.println("x".repeat(70_000));
            new Exception("trace").printStackTrace();
            assertThat(System.out).isSameAs(realOut);
        }
        assertThat(System.err).isSameAs(original);
        assertThat(lines()).hasSizeGreaterThan(3).first().isEqualTo("x".repeat(1024));
        assertThat(printed.toString(UTF_8)).startsWith("x".repeat(70_000) + System.lineSeparator()
                + "java.lang.Exception: trace");
    }

    @Test
    void survivesAKlogWithoutChannelAndAClosedOne() throws Exception {
        System.setOut(capture(UTF_8));
        try (Tee tee = Tee.out(klog)) {
            klog.detach();
            System.out.print("nothing attached\n");
            channel.close();
            klog.attach(channel);
            System.out.print("closed\n");
            assertThat(tee).isNotNull();
        }
        assertThat(printed.toString(UTF_8)).isEqualTo("nothing attached\nclosed\n");
        assertThat(channel.statsSinceReset().lost().records()).isOne();
    }

    @Test
    void duplicatesALogger() {
        final Logger logger = Logger.getLogger("dev.jrelay.tee.test");
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.CONFIG);
        final Handler[] before = logger.getHandlers();
        try (Tee tee = Tee.logger(klog, logger)) {
            logger.config("duplicated");
            logger.fine("below the level");
            Logger.getLogger("dev.jrelay.tee.test.child").info("of a child");
            assertThat(tee).isNotNull();
        }
        logger.info("not any more");
        assertThat(logger.getHandlers()).isEqualTo(before);
        assertThat(logger.getLevel()).isEqualTo(Level.CONFIG);
        assertThat(lines()).containsExactly("CONFIG dev.jrelay.tee.test: duplicated",
                "INFO dev.jrelay.tee.test.child: of a child");
    }
}
