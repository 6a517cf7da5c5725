// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of targets on a recorded run: rows of 64 bytes, no latencies, no files. */
class TargetsTest {
    private static Results recorded() throws Exception {
        return Results.read(Path.of(TargetsTest.class.getResource(Results.JMH).toURI()).getParent());
    }

    private static Targets.Outcome outcome(String target, String measured) throws Exception {
        return Targets.of(recorded()).stream()
                .filter(o -> o.target().equals(target) && o.measured().equals(measured)).findFirst().orElseThrow();
    }

    @Test
    void costIsAQuotientOfMedians() throws Exception {
        final Targets.Outcome write =
                outcome("exclusive write, beside C", "relay-exclusive-overwrite 64 B / C single");
        final double limit = recorded().limits().median("single", 64).orElseThrow();
        assertThat(write.ratio().value()).isEqualTo(row("relay-exclusive-overwrite").median() / limit, within(1e-9));
        assertThat(write.met()).isFalse();
        assertThat(write.isClear()).isTrue();
        assertThat(write.ratio().value()).isBetween(write.ratio().low(), write.ratio().high());
    }

    @Test
    void fasterIsTheOthersCostBesideThisOnes() throws Exception {
        final Targets.Outcome write = outcome("exclusive write, faster than agrona-1to1",
                "relay-exclusive-overwrite 64 B / agrona-1to1 64 B");
        assertThat(write.ratio().value())
                .isEqualTo(row("agrona-1to1").median() / row("relay-exclusive-overwrite").median(), within(1e-9));
        assertThat(write.bound()).hasToString("≥ 3.00");
        assertThat(write.met()).isFalse();
    }

    @Test
    void whatTheBenchmarkItselfCostsIsTakenOff() throws Exception {
        final Results recorded = recorded();
        final List<Row> rows = new ArrayList<>(recorded.rows());
        rows.add(harness(row("disruptor-single")));
        final Row one = writers("one");
        final Row two = writers("two");
        rows.add(harness(one));
        rows.add(harness(two));
        final List<Targets.Outcome> outcomes = Targets.of(new Results(recorded.environment(), rows, recorded.limits(),
                recorded.latencies(), recorded.lttng()));
        assertThat(outcomes).filteredOn(o -> o.target().equals("exclusive write, beside C")).singleElement()
                .extracting(o -> o.ratio().value()).isEqualTo((row("relay-exclusive-overwrite").median() - 2.0)
                / recorded.limits().median("single", 64).orElseThrow());
        assertThat(outcomes).filteredOn(o -> o.target().equals("2 writers with a buffer each, beside one")
                && o.measured().startsWith(two.subject() + " ")).singleElement()
                .extracting(o -> o.ratio().value()).isEqualTo((two.median() - 2.0) / (one.median() - 2.0));
    }

    private static Row writers(String method) throws Exception {
        return recorded().rows().stream().filter(row -> row.is("WritersOnOwnBuffers", method)).findFirst()
                .orElseThrow();
    }

    /** The same benchmark with nobody to write to: 2 ns. */
    private static Row harness(Row other) {
        return new Row(other.type(), other.method(), other.threads(), Map.of(Row.SUBJECT, Harness.NONE, Row.SIZE, "64"),
                other.unit(), List.of(2.0, 1.0, 3.0), 2.0, 1.0, other.counters());
    }

    @Test
    void theBestPeerCounts() throws Exception {
        assertThat(outcome("streaming, faster than any peer", "relay-shared 64 B / disruptor-single 64 B").ratio()
                .value()).isLessThan(1.0);
    }

    @Test
    void whatWasNotMeasuredIsLeftOut() throws Exception {
        assertThat(Targets.of(recorded())).isNotEmpty()
                .noneMatch(o -> o.target().contains("file") || o.target().contains("p99.99"));
    }

    @Test
    void thePageShowsTheTable() throws Exception {
        assertThat(Report.page(recorded()).markdown(Set.of())).contains("## Targets",
                "| exclusive write, beside C | relay-exclusive-overwrite 64 B / C single | ", "| ≤ 1.50 | missed |");
    }

    @Test
    void anIntervalOfEqualValuesIsAPoint() {
        final Sample one = new Sample("one", List.of(2.0, 2.0, 2.0));
        assertThat(one.over(new Sample("other", List.of(4.0, 4.0)))).isEqualTo(new Sample.Ratio(0.5, 0.5, 0.5, 0.5));
    }

    private static Row row(String subject) throws Exception {
        return recorded().rows().stream().filter(r -> r.is("ExclusiveWrite", "write") && r.subject().equals(subject))
                .findFirst().orElseThrow();
    }
}
