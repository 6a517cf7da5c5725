// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page is made of, as its reader sees it. */
class PageTest {
    @TempDir
    private Path folder;

    private static Plot bars(double... values) {
        return new Plot.Bars("bars", "Who is quickest?", "Lower is better.",
                new Plot.Axis("time for a record", "ns", Plot.Scale.LINEAR), List.of(new Plot.Group("",
                java.util.Arrays.stream(values).mapToObj(value -> new Plot.Bar("thing " + value, value, value * 0.9,
                        value * 1.2, Plot.Kind.PEER)).toList())));
    }

    private static Page page(Plot plot) {
        return new Page("Title", "It <takes> `-n 8`.").plot(plot);
    }

    @Test
    void aPageNeedsNoOtherFile() throws IOException {
        final String html = page(bars(1.0, 2.0)).html();
        assertThat(html).contains("It &lt;takes&gt; <code>-n 8</code>.")
                .doesNotContainPattern("<(link|img|script)[^>]+(src|href)=").doesNotContain("@import");
    }

    @Test
    void aNameCannotEndTheScript() throws IOException {
        final Plot hostile = new Plot.Bars("x", "</script><script>alert(1)</script>", "", new Plot.Axis("a", "ns",
                Plot.Scale.LINEAR), List.of());
        assertThat(page(hostile).html()).doesNotContain("<script>alert(1)");
    }

    @Test
    void markdownHasTheTablesAndThePicturesThatAreThere() {
        final Page page = page(bars(1.0)).heading("Targets").table(new Table(List.of("a", "b")).row(List.of("1", "2")));
        assertThat(page.markdown(Set.of())).isEqualTo("""
                # Title

                It <takes> `-n 8`.

                ## Targets

                | a | b |
                |---|---|
                | 1 | 2 |
                """);
        assertThat(page.markdown(Set.of("bars"))).contains("![Who is quickest?](bars.svg)");
    }

    @Test
    void aRowHasACellForEachColumn() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table(List.of("a", "b")).row(List.of("1")))
                .withMessageContaining("1 cells under 2 columns");
    }

    @Test
    void barsBecomeDotsOnALogarithmicAxisWhereTheRangeIsWide() throws IOException, InterruptedException {
        try (Browser browser = new Browser(Reader.browser())) {
            final Path file = folder.resolve("page.html");
            page(bars(5.0, 7.0)).write(file);
            browser.open(file, 800, false);
            assertThat(browser.evaluate("document.querySelector('text.title').textContent"))
                    .isEqualTo("time for a record, ns");
            assertThat(browser.evaluate("'' + document.querySelectorAll('rect.bar').length")).isEqualTo("2");
            page(bars(5.0, 7e4)).write(file);
            browser.open(file, 800, false);
            assertThat(browser.evaluate("document.querySelector('text.title').textContent"))
                    .isEqualTo("time for a record, log scale");
            assertThat(browser.evaluate("'' + document.querySelectorAll('circle.bar').length")).isEqualTo("2");
            assertThat(browser.evaluate("[...document.querySelectorAll('text.value')].map(t => t.textContent).join()"))
                    .isEqualTo("5.00 ns,70.0 µs");
        }
    }

    @Test
    void percentilesAreNamedAsSuch() throws IOException, InterruptedException {
        final Plot plot = new Plot.Lines("p", "Tail", "", new Plot.Axis("percentile", "", Plot.Scale.NINES),
                new Plot.Axis("time", "ns", Plot.Scale.LOG), List.of(new Plot.Series("one", Plot.Kind.OWN, false,
                List.of(new Plot.Point(Math.log10(2.0), 50.0), new Plot.Point(1.0, 90.0), new Plot.Point(4.0, 2e6)))),
                List.of());
        final Path file = folder.resolve("page.html");
        page(plot).write(file);
        try (Browser browser = new Browser(Reader.browser())) {
            browser.open(file, 800, false);
            assertThat(browser.evaluate("[...document.querySelectorAll('text')].map(t => t.textContent).join(';')"))
                    .contains("50 %;90 %;99 %;99.9 %;99.99 %").contains("100 ns").contains("1 ms");
        }
    }

    /** The tests of the real pages would be worth nothing if the look at them saw nothing. */
    @Test
    void whatCannotBeReadIsFound() throws IOException, InterruptedException {
        final Path file = folder.resolve("page.html");
        final Page page = page(bars(5.0, 7.0));
        Files.writeString(file, page.html().replace("</body>", "<p style='color: #999'>pale</p><p style='width: 900px'>"
                + "wide " + "words ".repeat(40) + "</p><script>document.querySelector('[data-plot]').id = 'plot';"
                + "throw new Error('broken')</script></body>"));
        try (Browser browser = new Browser(Reader.browser())) {
            browser.open(file, 390, false);
            browser.evaluate("document.querySelectorAll('text')[0].setAttribute('x', -50) + ''");
            browser.evaluate("document.querySelectorAll('text')[1].setAttribute('style', 'user-select: none') + ''");
            assertThat(Reader.findings(browser)).anyMatch(found -> found.startsWith("contrast 2.85: 'pale'"))
                    .anyMatch(found -> found.startsWith("the page is "))
                    .anyMatch(found -> found.startsWith("clipped: 'wide"))
                    .anyMatch(found -> found.startsWith("clipped: '0"))
                    .anyMatch(found -> found.startsWith("cannot be selected"));
            assertThat(browser.errors()).singleElement().asString().contains("broken");
        }
    }

    @Test
    void aBrowserThatDoesNotStartIsSaidToBeSo() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new Browser(Path.of("/bin/false")))
                .isInstanceOf(IOException.class).hasMessageContaining("exit code 1");
    }
}
