// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.MappedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at once: writers, a collector and whoever looks, each in namespaces of its own that share the channel's
 * directory only; collectors that are killed, stopped and started again, applications that are killed, a disk that is
 * full from time to time, a clock that is stepped. Every record of every writer is in the output exactly once, or
 * refused and counted, or reported as missing.
 *
 * <p>A few seconds; {@code mvn -pl core,toolkit,apps test -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dsoak.minutes=60} takes an hour.
 */
class SoakTest {
    private static final long NANOS = TimeUnit.MINUTES.toNanos(Integer.getInteger("soak.minutes", 0));
    private static final int WRITERS = 3;

    @TempDir
    private Path directory;

    private final Random random = new Random();
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private SoakStage stage;
    private RelayProcess application;
    private RelayProcess collector;
    private boolean isKilled;
    private boolean isOverwrite;
    private int subBufferSize;
    private long killsBefore;

    /** What is told at the end. */
    enum Count {
        RUNS, COLLECTORS_KILLED, COLLECTORS_FROZEN, COLLECTORS_REFUSED, APPLICATIONS_KILLED, APPLICATIONS_FROZEN,
        DISKS_FILLED, CLOCKS_STEPPED, LOOKS, ACCEPTED, SAVED, OVERWRITTEN, LOST, OFF, CUT_BY_KILL, REPORTED_MISSING,
        TAIL_SHOWN, TAIL_UNSEEN
    }

    private void count(Count count, long more) {
        counts.merge(count, more, Long::sum);
    }

    @BeforeEach
    void namespaces() throws IOException, InterruptedException {
        Namespaces.assume();
    }

    @Test
    void everyRecordIsAccountedFor() throws Exception {
        final long seed = Long.getLong("soak.seed", random.nextLong());
        random.setSeed(seed);
        final long begin = System.nanoTime();
        final boolean isLong = NANOS > 0L;
        try {
            for (int run = 0; run < 2 || System.nanoTime() - begin < NANOS; run++) {
                final Path place = Files.createDirectory(directory.resolve(Integer.toString(run)));
                try (SoakStage fresh = new SoakStage(place)) {
                    stage = fresh;
                    isKilled = run % 2 == 1;
                    isOverwrite = isLong && random.nextInt(4) == 0;
                    subBufferSize = isLong ? 512 << random.nextInt(6) : 8192;
                    run(place, isLong ? 4 + random.nextInt(12) : 2, isLong);
                }
                if (isLong) {
                    System.out.println(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s " + counts);
                }
            }
        } catch (Exception | AssertionError failed) {
            throw new AssertionError("seed " + seed + " " + counts, failed);
        }
        System.out.println("soak: seed " + seed + ", " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)
                + " s: every record accounted for: " + counts);
    }

    /** One application from its start to its end, and all that happens to it and its collectors. */
    private void run(Path place, int events, boolean isLong) throws Exception {
        final Path books = Files.createDirectory(place.resolve("books"));
        killsBefore = counts.getOrDefault(Count.COLLECTORS_KILLED, 0L);
        application = stage.startApplication(books, WRITERS);
        try {
            application.awaitOut("ready");
            collect();
            try (RelayProcess tail = stage.start(false, "tail", "-f", "-n", "1000000", "--json",
                    stage.application().toString())) {
                tail.awaitOut("\n");
                final long gone = gone();
                for (int i = 0; i < events; i++) {
                    pause(isLong ? 500 + random.nextInt(4_000) : 200);
                    event(isLong ? random.nextInt(6) : i + (isKilled ? 2 : 0), isLong);
                }
                try (SoakCheck check = new SoakCheck(books, WRITERS)) {
                    if (isKilled) {
                        endByKill(check, place.resolve("rest"));
                    } else {
                        endInOrder(check, isLong ? random.nextInt(4) : 3);
                        final RelayProcess.Outcome shown = tail.await();
                        assertThat(shown.code()).as(shown.err()).isZero();
                        check.tail(shown.out(), gone);
                    }
                    check.counts().forEach(this::count);
                }
            }
        } catch (Exception | AssertionError failed) {
            failed.addSuppressed(new AssertionError("application " + application + ", collector " + collector));
            throw failed;
        } finally {
            application.close();
            if (collector != null) {
                collector.close();
            }
        }
        count(Count.RUNS, 1L);
    }

    /** Records that have left the channel. */
    private long gone() throws IOException {
        try (MappedChannel channel = MappedChannel.look(stage.application(), "cpu")) {
            long gone = 0L;
            for (int i = 0; i < channel.bufferCount(); i++) {
                gone += channel.statsSinceOpen(i).delivered().records();
            }
            return gone;
        }
    }

    private static void pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    private void collect() {
        collector = startCollector();
        collector.awaitErr("Logging");
    }

    private RelayProcess startCollector() {
        final List<String> options = new ArrayList<>(List.of("-b", Integer.toString(subBufferSize), "-n", "8",
                "--delay", 20 + random.nextInt(300) + "ms"));
        if (isOverwrite) {
            options.add("--overwrite");
        }
        return stage.startCollector(options.toArray(String[]::new));
    }

    private void kill() throws InterruptedException {
        collector.process().destroyForcibly().waitFor();
        collector.close();
        count(Count.COLLECTORS_KILLED, 1L);
    }

    private void event(int which, boolean isLong) throws Exception {
        switch (which) {
            case 0 -> {
                kill();
                collect();
            }
            case 1 -> {
                stage.fillDisk();
                pause(isLong ? random.nextInt(3_000) : 500);
                stage.makeRoom();
                count(Count.DISKS_FILLED, 1L);
            }
            case 2 -> {
                stage.stepClock(random);
                count(Count.CLOCKS_STEPPED, 1L);
                look();
            }
            case 3 -> { // for longer than a sign of life lasts, and somebody wants its place
                SoakStage.signal("STOP", collector);
                pause(isLong ? random.nextInt(8_000) : 100);
                refused();
                SoakStage.signal("CONT", collector);
                count(Count.COLLECTORS_FROZEN, 1L);
            }
            case 4 -> {
                SoakStage.signal("STOP", application);
                pause(random.nextInt(8_000));
                SoakStage.signal("CONT", application);
                count(Count.APPLICATIONS_FROZEN, 1L);
            }
            default -> { // a collector that is killed while its disk is full
                stage.fillDisk();
                pause(200);
                kill();
                collector = startCollector();
                pause(isLong ? random.nextInt(2_000) : 500);
                stage.makeRoom();
                collector.awaitErr("Logging");
                count(Count.DISKS_FILLED, 1L);
            }
        }
    }

    /** A second collector, into another directory. */
    private void refused() {
        try (RelayProcess second = stage.start(false, "collect", stage.application().toString(), "-o",
                stage.application().resolveSibling("second").toString())) {
            final RelayProcess.Outcome outcome = second.await();
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("there is a collector already");
            count(Count.COLLECTORS_REFUSED, 1L);
        }
    }

    /** Whoever looks sees a living writer, be its clock what it may; soon, if it was stopped until now. */
    private void look() {
        String seen = "";
        for (int i = 0; i < 10 && !seen.contains("\"writer\":\"alive\""); i++) {
            try (RelayProcess stat = stage.start(false, "stat", "--json", stage.application().toString())) {
                final RelayProcess.Outcome outcome = stat.await();
                assertThat(outcome.code()).as(outcome.toString()).isZero();
                seen = outcome.out();
                count(Count.LOOKS, 1L);
            }
        }
        assertThat(seen).contains("\"writer\":\"alive\"");
    }

    private void stopApplication() throws IOException {
        application.stdin().close();
        final RelayProcess.Outcome outcome = application.await();
        assertThat(outcome).as("application").isEqualTo(new RelayProcess.Outcome(0, "ready\nclosed\n", ""));
    }

    private void endInOrder(SoakCheck check, int how) throws Exception {
        switch (how) {
            case 0 -> { // the collector is told to stop, then the application ends
                SoakStage.signal("TERM", collector);
                collector.process().waitFor();
                stopApplication();
            }
            case 1 -> { // killed, and the application ends before the next one comes
                kill();
                stopApplication();
                collector = startCollector();
            }
            case 2 -> { // told to stop while the disk is full; the next one finishes
                stage.fillDisk();
                pause(500);
                SoakStage.signal("TERM", collector);
                collector.process().waitFor();
                stage.makeRoom();
                count(Count.DISKS_FILLED, 1L);
                if (collector.await().code() != 0) {
                    assertThat(collector.await().out()).contains("NOT SAVED");
                    collector.close();
                    collector = startCollector();
                }
                collector.await();
                stopApplication();
            }
            default -> stopApplication();
        }
        final RelayProcess.Outcome outcome = collector.await();
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        check.output(stage.seenOutput());
        check.complete(sum(outcome.out(), "lost"), overwritten(outcome.out()), taken());
    }

    /** Of what the channel had when its process was killed, everything that can be told from other bytes is saved. */
    private void endByKill(SoakCheck check, Path rest) throws Exception {
        application.process().destroyForcibly().waitFor();
        count(Count.APPLICATIONS_KILLED, 1L);
        if (random.nextBoolean()) { // its collector with it
            kill();
            collector = startCollector();
        }
        final RelayProcess.Outcome orphaned = collector.await();
        assertThat(orphaned.code()).as(orphaned.toString()).isEqualTo(Relay.FAILED);
        assertThat(orphaned.out()).contains("\"orphaned\":true");
        try (RelayProcess recover = stage.start(false, "recover", stage.application().toString(), "-o",
                rest.toString(), "--assume-dead", "--json")) {
            final RelayProcess.Outcome recovered = recover.await();
            assertThat(recovered.code()).as(recovered.toString()).isZero();
            check.output(stage.seenOutput());
            check.rest(rest);
            check.missing(sum(orphaned.out(), "lost"), overwritten(orphaned.out()), taken(),
                    sum(recovered.out(), "missingRecords"));
        }
    }

    /** Records that were in the hands of a killed collector, at most: in overwrite mode they have left the channel. */
    private long taken() {
        return isOverwrite ? (counts.getOrDefault(Count.COLLECTORS_KILLED, 0L) - killsBefore) * subBufferSize : 0L;
    }

    private static long overwritten(String json) throws IOException {
        return sum(json, "overwritten") + sum(json, "skipped");
    }

    /** A number of all CPUs together, or the records of a tally. */
    private static long sum(String json, String field) throws IOException {
        long sum = 0L;
        for (final Object cpu : (Collection<?>) JSON.std.mapFrom(json).get("cpus")) {
            final Object value = ((Map<?, ?>) cpu).get(field);
            sum += ((Number) (value instanceof Map<?, ?> tally ? tally.get("records") : value)).longValue();
        }
        return sum;
    }
}
