// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.page.Plot;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers in the README and the documentation are those of files under {@code results}. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** A measured time or rate, or how many times as much; what a user may type has no blank or is code. */
    private static final Pattern MEASURED =
            Pattern.compile("(?<![\\w.,])(\\d+(?:\\.\\d+)?)(?: (?:and|to|or|instead of) (\\d+(?:\\.\\d+)?))? "
            + "(?:ns|us|µs|MB/s|GB/s|times (?:as|the|faster|slower))(?!\\w)");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d+(?:,\\d{3})*(?:\\.\\d+)?(?![\\w])");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`|<!-- figures.*?<!-- end -->");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*results/[^)#]*)\\)");

    /** All but what is reckoned on paper. */
    static Stream<Path> texts() throws IOException {
        try (var docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.filter(file -> file.toString()
                    .endsWith(".md") && !file.endsWith("scale.md")).sorted().toList().stream());
        }
    }

    @Test
    void theFiguresOfTheReadmeAreThoseOfTheRunsThatItNames() throws IOException {
        final String text = Files.readString(ROOT.resolve("README.md"));
        assertThat(Readme.blocks(text)).extracting(Readme.Block::plot).containsExactly(Charts.COST, Charts.SCALING);
        assertThat(Readme.filled(text, ROOT)).as("run relay bench --readme README.md").isEqualTo(text);
    }

    @Test
    void anotherRunWouldBeNoticed() throws IOException {
        final String text = Files.readString(ROOT.resolve("README.md"));
        final Matcher number = Pattern.compile("one writer \\| (\\d+\\.\\d)").matcher(text);
        assertThat(number.find()).isTrue();
        final String wrong = text.substring(0, number.start(1)) + "1.1" + text.substring(number.end(1));
        assertThat(Readme.filled(wrong, ROOT)).isEqualTo(text);
    }

    @Test
    void thePicturesShowTheNumbersOfTheirRuns() throws IOException {
        for (final Readme.Block block : Readme.blocks(Files.readString(ROOT.resolve("README.md")))) {
            final Path folder = ROOT.resolve(block.folder());
            final String picture = Files.readString(folder.resolve(block.plot() + ".svg"));
            final Plot plot = Report.page(Results.read(folder)).plots().stream()
                    .filter(each -> each.id().equals(block.plot())).findFirst().orElseThrow();
            assertThat(picture).contains(plot.title());
            if (plot instanceof Plot.Lines lines) {
                lines.series().forEach(series -> assertThat(picture).contains('>' + series.name() + '<'));
            } else if (plot instanceof Plot.Bars bars) {
                bars.groups().forEach(group -> group.bars().forEach(bar -> assertThat(picture).contains(bar.name())
                        .contains('>' + label(bar.value()) + '<')));
            }
        }
    }

    /** Three digits, as the page writes them. */
    private static String label(double nanos) {
        final boolean isMicros = nanos >= 1000.0;
        final BigDecimal value = new BigDecimal(isMicros ? nanos / 1000.0 : nanos).round(new MathContext(3));
        return (value.scale() < 0 ? value.setScale(0) : value).toPlainString() + (isMicros ? " µs" : " ns");
    }

    /** A file, or all texts below a folder; nothing if there is none. */
    private static String result(Path named) throws IOException {
        if (!Files.isDirectory(named)) {
            return Files.exists(named) ? Files.readString(named) : "";
        }
        final StringBuilder all = new StringBuilder();
        try (var files = Files.walk(named)) {
            for (final Path file : files.filter(each -> each.toString().matches(".*\\.(md|txt)")).toList()) {
                all.append(Files.readString(file)).append('\n');
            }
        }
        return all.toString();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void numbersInProseAreInAResultThatTheTextNames(Path file) throws IOException {
        final String text = CODE.matcher(Files.readString(file)).replaceAll("");
        final StringBuilder results = new StringBuilder();
        for (final MatchResult link : LINK.matcher(text).results().toList()) {
            final Path named = file.resolveSibling(link.group(1)).normalize();
            results.append(result(named.endsWith("README.md") ? named.getParent() : named)).append('\n');
        }
        final List<String> unbacked = new ArrayList<>();
        final List<BigDecimal> known = NUMBER.matcher(results).results().map(found -> new BigDecimal(found.group()
                .replace(",", ""))).toList();
        MEASURED.matcher(text).results().forEach(found -> Stream.of(found.group(1), found.group(2))
                .filter(number -> number != null && known.stream().noneMatch(value -> isRounded(value, number)))
                .forEach(number -> unbacked.add(number + " in '" + found.group() + "'")));
        assertThat(unbacked).as(file + ": no result that it links has them").isEmpty();
    }

    private static boolean isRounded(BigDecimal value, String number) {
        final BigDecimal written = new BigDecimal(number);
        return value.setScale(written.scale(), RoundingMode.HALF_UP).compareTo(written) == 0;
    }
}
