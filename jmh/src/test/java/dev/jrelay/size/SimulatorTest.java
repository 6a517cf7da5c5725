// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation by the rules of the protocol, and against the formulas. */
class SimulatorTest {
    static final SortedMap<Integer, Double> SHARING = new TreeMap<>(Map.of(1, 12.0, 2, 90.0));

    private static final Machine MACHINE = new Machine(10.0, 500.0, 10_000.0, 2e9, 250.0, 0.0,
            List.of(new Machine.Point(65_536, 10.0, 0.1)), SHARING);

    static Load load(String sizes, double rate, double consumer, String stalls, double loss) throws IOException {
        return load(new ModelTraffic(MessageSizes.parse(sizes), rate), consumer, stalls, loss);
    }

    static Load load(Traffic traffic, double consumer, String stalls, double loss) {
        return new Load(traffic, consumer, Stalls.parse(stalls), 0, loss, Double.POSITIVE_INFINITY,
                Double.POSITIVE_INFINITY, Long.MAX_VALUE, 64L << 20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"lognormal:100,0.8; 4096", "lognormal:100,0.8; 16384", "uniform:1-256; 4096",
        "uniform:1-256; 65536", "mix:64@.9,1500@.1; 16384", "fixed:100; 4096", "fixed:64; 4096"})
    void paddingIsThatOfTheFormula(String sizes, long size) throws IOException {
        final Load load = load(sizes, 1e6, 1e9, "none", 0.0);
        final double predicted = load.sizes().padding(size) / size;
        assertThat(Simulator.run(load, size, 64, 1L, 4.0).paddingShare()).isCloseTo(predicted,
                within(0.0005 + 0.02 * predicted));
    }

    @Test
    void itIsTheSameForASeedAndAnotherForAnother() throws IOException {
        final Load load = load("uniform:1-256", 1e5, 1e8, "exp:5ms/100ms", 0.0);
        final Outcome first = Simulator.run(load, 16_384, 8, 7L, 2.0);
        final Outcome again = Simulator.run(load, 16_384, 8, 7L, 2.0);
        assertThat(again.messages).isEqualTo(first.messages);
        assertThat(again.lost).isEqualTo(first.lost);
        assertThat(again.latency).isEqualTo(first.latency);
        assertThat(Simulator.run(load, 16_384, 8, 8L, 2.0).messages).isNotEqualTo(first.messages);
    }

    @ParameterizedTest
    @CsvSource({"2, 2097152", "4, 1048576", "8, 524288", "16, 262144", "64, 65536"})
    void nothingIsLostUpToTheStallOfTheFormulaAndSomethingBeyond(int count, long size) throws IOException {
        final Load load = load("uniform:1-256", 1e6, 1e9, "20ms/1s", 0.0);
        final double survived = Formula.longestStall(load, size, count);
        assertThat(lost(load, size, count, 0.97 * survived)).isZero();
        // With few sub-buffers much depends on how full the current one is when the stall begins; one more helps all.
        final double always = survived + (double) size / load.bytesPerSecond() * Load.SECOND;
        assertThat(lost(load, size, count, 1.1 * always)).isPositive();
    }

    private static long lost(Load load, long size, int count, double stall) {
        final Load stalling = load.withStalls(Stalls.fixed(stall, 1e9));
        return Simulator.run(stalling, size, count, 3L, 10.0).lost;
    }

    @Test
    void messagesAreLostOrInSubBuffers() throws IOException {
        final Load load = load("fixed:64", 1e6, 1e8, "30ms/200ms", 0.0);
        final Outcome outcome = Simulator.run(load, 65_536, 4, 1L, 2.0);
        assertThat(outcome.lost).isPositive();
        assertThat(outcome.episodes).isPositive().isLessThanOrEqualTo(outcome.lost);
        assertThat(outcome.bytes).isEqualTo(64L * (outcome.messages - outcome.lost));
        assertThat(outcome.padding).isZero();
        assertThat(outcome.maxBacklog).isEqualTo(4L);
    }

    @Test
    void aBurstNeedsRoomAtOnce() throws IOException {
        final Load bursts = load(new ModelTraffic(MessageSizes.parse("fixed:64"), 1e3, 4096, 1e8), 1e8, "none", 0.0);
        assertThat(Simulator.run(bursts, 16_384, 8, 1L, 2.0).lost).isPositive();
        assertThat(Simulator.run(bursts, 16_384, 32, 1L, 2.0).lost).isZero();
        assertThat(Formula.holds(bursts, 16_384, 8)).isFalse();
        assertThat(Formula.holds(bursts, 16_384, 32)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"exp:5ms/200ms; none; 147456", "20ms/500ms; none; 131072",
        "10ms/250ms; 5000@250ms; 65536"})
    void aBriefSimulationLosesAsMuchAsAFullOne(String stalls, String burst, long size) throws IOException {
        final Load load = load(LoadOptions.model(MessageSizes.parse("fixed:64"), 2e5, burst), 1e9, stalls, 0.0);
        final Outcome brief = Simulator.brief(load, size, 2, 5L, 200.0, false);
        final Outcome full = Simulator.run(load, size, 2, 5L, 200.0);
        assertThat(full.loss()).isPositive();
        assertThat(brief.loss()).isCloseTo(full.loss(), within(0.05 * full.loss()));
        assertThat((double) brief.messages).isCloseTo(full.messages, within(0.005 * full.messages));
        assertThat(brief.leftOut).isGreaterThan(brief.messages / 2L);
    }

    @Test
    void aBoundOnTheDelayTakesSubBuffers() throws IOException {
        final Load load = load("fixed:64", 1e4, 1e8, "100ms/1s", 0.0);
        final Load delayed = new Load(load.traffic(), load.consumerRate(), load.stalls(), 0, 0.0,
                Double.POSITIVE_INFINITY, 10e6, Long.MAX_VALUE, load.memory());
        final Outcome full = Simulator.run(load, 65_536, 8, 1L, 10.0);
        final Outcome early = Simulator.run(delayed, 65_536, 8, 1L, 10.0);
        assertThat(full.lost).isZero();
        assertThat(early.lost).isPositive();
        assertThat(Formula.holds(load, 65_536, 8)).isTrue();
        assertThat(Formula.holds(delayed, 65_536, 8)).isFalse();
        assertThat(Formula.holds(delayed, 65_536, 32)).isTrue();
        assertThat(Simulator.run(delayed, 65_536, 32, 1L, 10.0).lost).isZero();
        assertThat(early.subBuffers).isGreaterThan(10L * full.subBuffers);
    }

    @Test
    void whatTheSinkTakesBoundsASubBuffer() throws IOException {
        final Load load = load("fixed:64", 1e5, 1e8, "20ms/1s", 0.0);
        final Load small = new Load(load.traffic(), load.consumerRate(), load.stalls(), 0, 0.0,
                Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 20_000L, load.memory());
        assertThat(Formula.most(small)).isEqualTo(new Formula.Bound(16_384L, "what the sink takes at once, 19.5 KiB"));
    }

    @Test
    void theCheapestMeetsTheTargetAndAQuarterLessDoesNot() throws IOException {
        final Load load = load("uniform:1-256", 1e5, 2e8, "20ms/250ms", 0.0);
        final Machine machine = new Machine(10.0, 20.0, 1e4, 2e9, 250.0, 0.0, List.of(), SHARING);
        final Search search = new Search(load, machine, new Search.Effort(4, 2e5, 10), 1L, step -> { });
        final List<Search.Candidate> found = search.run();
        final Search.Candidate best = found.getFirst();
        assertThat(found).isSortedAccordingTo((one, other) -> Long.compare(one.memory(), other.memory()));
        assertThat(best.estimate().total().lost).isZero();
        assertThat(best.size() % Formula.STEP).isZero();
        assertThat(found).anyMatch(candidate -> candidate.size() > Formula.least(load, machine).bytes());
        for (final Search.Candidate candidate : found) {
            if (candidate.size() > Formula.least(load, machine).bytes()) {
                assertThat(search.loss(Formula.floor(candidate.size() * 0.75), candidate.count()))
                        .as(candidate.toString()).isPositive();
            }
        }
    }

    @Test
    void aLongerStallNeverNeedsLess() throws IOException {
        long before = 0L;
        for (final String stalls : List.of("5ms/250ms", "20ms/250ms", "60ms/250ms")) {
            final long memory = new Search(load("fixed:100", 1e5, 2e8, stalls, 0.0), MACHINE,
                    new Search.Effort(2, 1e5, 8), 1L, step -> { }).run().getFirst().memory();
            assertThat(memory).isGreaterThanOrEqualTo(before);
            before = memory;
        }
    }

    @Test
    void pausesOfTheMachineComeOnTop() throws IOException {
        final Load load = load("fixed:100", 1e5, 2e8, "20ms/250ms", 0.0);
        final Machine pausing = new Machine(10.0, 500.0, 1e4, 2e9, 250.0, 8e6, List.of(), SHARING);
        assertThat(load.on(pausing).stalls().design()).isEqualTo(28e6);
        assertThat(load.withStalls(Stalls.NONE).on(pausing).stalls().design()).isEqualTo(8e6);
        assertThat(load.on(pausing).stalls()).asString().contains("8.0 ms of the machine's own");
    }

    @Test
    void aTargetAboveZeroCostsLess() throws IOException {
        final Search.Effort effort = new Search.Effort(4, 2e5, 20);
        final long none = new Search(load("fixed:64", 1e5, 2e8, "exp:10ms/100ms", 0.0), MACHINE, effort, 1L, s -> { })
                .run().getFirst().memory();
        final long some = new Search(load("fixed:64", 1e5, 2e8, "exp:10ms/100ms", 0.02), MACHINE, effort, 1L, s -> { })
                .run().getFirst().memory();
        assertThat(some).isLessThan(none);
    }

    @Test
    void aRealChannelAccountsForEveryMessage() throws IOException, InterruptedException {
        final Load load = load("uniform:8-256", 2e4, 1e8, "20ms/100ms", 0.0);
        final Outcome trial = Trial.run(load, 4096, 2, 1L, 0.5, () -> false);
        assertThat(trial.messages).isPositive();
        assertThat(trial.subBuffers).isPositive();
        assertThat(trial.bytes + trial.padding).isLessThanOrEqualTo(4096L * trial.subBuffers)
                .isGreaterThan(4096L * (trial.subBuffers - 2L));
        assertThat(trial.lost).isBetween(0L, trial.messages);
        assertThat(trial.latency.getTotalCount()).isEqualTo(trial.subBuffers);
    }

    @Test
    @Timeout(60)
    void aCancelledTrialEnds() throws IOException, InterruptedException {
        final Outcome trial = Trial.run(load("fixed:64", 1e4, 1e8, "none", 0.0), 4096, 4, 1L, 3600.0, () -> true);
        assertThat(trial.lost).isZero();
    }

    @Test
    void noLossSeenIsABoundOfThreeInAllMessages() {
        final Outcome total = new Outcome();
        total.messages = 6_000L;
        assertThat(new Estimate(total, 0.0, 10.0).bound()).isEqualTo(0.0005);
        total.lost = 1L;
        assertThat(new Estimate(total, 0.25, 10.0).bound()).isEqualTo(0.25);
    }
}
