// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks at pages in a real browser. Screenshots are left in {@code target/pages}. */
public final class Reader {
    private static final int PHONE = 390;
    private static final int DESK = 1400;

    private static final Optional<Path> PROGRAM = Browser.find();

    static {
        if (PROGRAM.isEmpty()) {
            System.err.println("no Chromium here: tests that look at pages are skipped; run .ci/need chromium");
        }
    }

    private Reader() {
    }

    /** The browser, or the test is skipped. */
    public static Path browser() {
        assumeTrue(PROGRAM.isPresent(), "no Chromium here: run .ci/need chromium");
        return PROGRAM.orElseThrow();
    }

    /** Everything on the page can be read, on a phone and on a desk, in both themes, and no script fails. */
    public static void assertReadable(String name, Page page) throws IOException, InterruptedException {
        final Path folder = Files.createDirectories(Path.of("target", "pages"));
        final Path file = folder.resolve(name + ".html");
        page.write(file);
        try (Browser browser = new Browser(browser())) {
            for (final int width : new int[] {PHONE, DESK}) {
                for (final boolean dark : new boolean[] {false, true}) {
                    final String how = name + "-" + width + (dark ? "-dark" : "-light");
                    browser.open(file.toAbsolutePath(), width, dark);
                    Files.write(folder.resolve(how + ".png"), browser.screenshot());
                    assertThat(findings(browser)).as(how).isEmpty();
                    assertThat(browser.errors()).as(how).isEmpty();
                }
            }
        }
    }

    /** What {@code look.js} finds on the open page. */
    static List<String> findings(Browser browser) throws IOException, InterruptedException {
        try (var script = Reader.class.getResourceAsStream("look.js")) {
            return JsonParser.parseString(browser.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8)))
                    .getAsJsonArray().asList().stream().map(each -> each.getAsString()).toList();
        }
    }
}
