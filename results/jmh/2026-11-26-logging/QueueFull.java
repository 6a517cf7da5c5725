// SPDX-License-Identifier: Apache-2.0

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;

/**
 * What becomes of events when the queue of Log4j's asynchronous loggers is full, with the default policy, which is to
 * wait. First the Disruptor alone, then Log4j with one thread and with two.
 *
 * <pre>
 * java -cp log4j-api-2.26.1.jar:log4j-core-2.26.1.jar:disruptor-4.0.0.jar QueueFull.java
 * </pre>
 */
final class QueueFull {
    private static final int EVENTS = 1_000_000;

    private QueueFull() {
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("Disruptor, " + RingBuffer.class.getProtectionDomain().getCodeSource().getLocation()
                .getPath().replaceAll(".*/", ""));
        capacity();
        for (int threads = 1; threads <= 2; threads++) {
            log(threads);
        }
    }

    private static void capacity() throws InterruptedException {
        final RingBuffer<long[]> ring =
                RingBuffer.createMultiProducer(() -> new long[1], 4, new BlockingWaitStrategy());
        final Sequence consumed = new Sequence();
        ring.addGatingSequences(consumed);
        for (int i = 0; i < 4; i++) {
            ring.publishEvent((event, sequence) -> event[0] = sequence);
        }
        System.out.println("a full ring: remainingCapacity " + ring.remainingCapacity());
        final Thread producer = Thread.ofPlatform().start(() ->
                ring.publishEvent((event, sequence) -> event[0] = sequence));
        Thread.sleep(500L); // it waits by now
        System.out.println("a full ring, and a producer that waits: remainingCapacity " + ring.remainingCapacity());
        consumed.set(0L);
        producer.join();
    }

    private static void log(int threads) throws InterruptedException {
        final AtomicLong appended = new AtomicLong();
        final AsyncLoggerContext context = new AsyncLoggerContext("full");
        final Configuration configuration = ConfigurationBuilderFactory.newConfigurationBuilder().build(false);
        context.start(configuration);
        final AbstractAppender counter = new AbstractAppender("count", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                appended.getAndIncrement();
            }
        };
        counter.start();
        configuration.addAppender(counter);
        final LoggerConfig root = configuration.getRootLogger();
        root.getAppenders().keySet().forEach(root::removeAppender);
        root.addAppender(counter, Level.INFO, null);
        root.setLevel(Level.INFO);
        context.updateLoggers();
        final Logger logger = context.getLogger("full");
        final Thread[] running = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            running[i] = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < EVENTS; n++) {
                    logger.info("event {}", n);
                }
            });
        }
        for (final Thread thread : running) {
            thread.join();
        }
        context.stop();
        System.out.printf("Log4j, threads: %d, events: %,d, appended: %,d, lost: %,d%n", threads, threads * EVENTS,
                appended.get(), threads * EVENTS - appended.get());
    }
}
