// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A page of results: the answer first, then what is added, in that order. Text between {@code `} is code. Not
 * thread-safe.
 */
public final class Page {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Gson GSON = new Gson();

    /** Something on the page. */
    sealed interface Part permits Heading, Text, Fold, Table, Plot {
    }

    private record Heading(String text) implements Part {
    }

    private record Text(String text) implements Part {
    }

    private record Fold(String title, List<Part> parts) implements Part {
    }

    private final String title;
    private final String answer;
    private final List<Part> top = new ArrayList<>();
    private List<Part> parts = top;

    /** A page that says no more than {@code answer}. */
    public Page(String title, String answer) {
        this.title = title;
        this.answer = answer;
    }

    /** Begins a section. */
    public Page heading(String text) {
        parts = top;
        return add(new Heading(text));
    }

    /** Adds a paragraph. */
    public Page text(String text) {
        return add(new Text(text));
    }

    /** Adds a table; one without rows is left out. */
    public Page table(Table table) {
        return table.rows().isEmpty() ? this : add(table);
    }

    /** Adds a plot. */
    public Page plot(Plot plot) {
        return add(plot);
    }

    /** What is added from here to the next heading or fold is shown when the reader opens it. */
    public Page fold(String text) {
        final Fold fold = new Fold(text, new ArrayList<>());
        top.add(fold);
        parts = fold.parts();
        return this;
    }

    private Page add(Part part) {
        parts.add(part);
        return this;
    }

    /** All plots, those in folds too. */
    public List<Plot> plots() {
        final List<Plot> plots = new ArrayList<>();
        collect(top, plots);
        return plots;
    }

    private static void collect(List<Part> parts, List<Plot> plots) {
        for (final Part part : parts) {
            switch (part) {
                case Plot plot -> plots.add(plot);
                case Fold fold -> collect(fold.parts(), plots);
                case Heading _, Text _, Table _ -> { }
            }
        }
    }

    /**
     * Writes the page as one file that needs no other.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }

    /** The page in HTML. */
    public String html() {
        final StringBuilder html = new StringBuilder("""
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                """);
        html.append("<title>").append(escape(title)).append("</title>\n<style>\n").append(resource("page.css"))
                .append("</style>\n<body>\n<h1>").append(inline(title)).append("</h1>\n<p class=\"answer\">")
                .append(inline(answer)).append("</p>\n");
        html(top, html);
        final List<Plot> plots = plots();
        if (!plots.isEmpty()) {
            html.append("<noscript><p>The plots are drawn by a script in this page.</p></noscript>\n")
                    .append("<script type=\"application/json\" id=\"plots\">").append(json(plots))
                    .append("</script>\n<script>\n/*\n").append(resource("LICENSE")).append("*/\n")
                    .append(resource("d3.min.js")).append("</script>\n<script>\n")
                    .append(resource("page.js")).append("</script>\n");
        }
        return html.append("</body>\n</html>\n").toString();
    }

    private static void html(List<Part> parts, StringBuilder html) {
        for (final Part part : parts) {
            switch (part) {
                case Heading heading -> html.append("<h2>").append(inline(heading.text())).append("</h2>\n");
                case Text text -> html.append("<p class=\"note\">").append(inline(text.text())).append("</p>\n");
                case Table table -> html(table, html);
                case Plot plot -> html.append("<figure>\n<figcaption><h3>").append(inline(plot.title()))
                        .append("</h3><p>").append(inline(plot.note())).append("</p></figcaption>\n<div data-plot=\"")
                        .append(escape(plot.id())).append("\"></div>\n</figure>\n");
                case Fold fold -> {
                    html.append("<details>\n<summary>").append(inline(fold.title())).append("</summary>\n");
                    html(fold.parts(), html);
                    html.append("</details>\n");
                }
            }
        }
    }

    private static void html(Table table, StringBuilder html) {
        final List<String> columns = table.columns();
        html.append("<table>\n<thead><tr>");
        for (final int i : table.shown()) {
            html.append(table.isNumeric(i) ? "<th class=\"number\">" : "<th>").append(inline(columns.get(i)))
                    .append("</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (final Table.Row row : table.rows()) {
            html.append(switch (row.verdict()) {
                case NONE -> "<tr>";
                case GOOD -> "<tr class=\"good\">";
                case BAD -> "<tr class=\"bad\">";
                case OPEN -> "<tr class=\"open\">";
            });
            for (final int i : table.shown()) {
                html.append(table.isNumeric(i) ? "<td class=\"number\"" : "<td").append(" data-column=\"")
                        .append(escape(columns.get(i))).append("\">").append(inline(row.cells().get(i)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</tbody>\n</table>\n");
    }

    /**
     * The page in Markdown, for readers of the repository.
     *
     * @param pictures plots whose pictures lie beside it, by their names; the others are left out
     */
    public String markdown(Set<String> pictures) {
        final StringBuilder markdown = new StringBuilder("# ").append(title).append("\n\n").append(answer)
                .append('\n');
        markdown(top, pictures, markdown);
        return markdown.toString();
    }

    private static void markdown(List<Part> parts, Set<String> pictures, StringBuilder markdown) {
        for (final Part part : parts) {
            switch (part) {
                case Heading heading -> markdown.append("\n## ").append(heading.text()).append('\n');
                case Text text -> markdown.append('\n').append(text.text()).append('\n');
                case Table table -> {
                    markdown.append('\n').append(line(table, table.columns()))
                            .append("|---".repeat(table.shown().length)).append("|\n");
                    table.rows().forEach(row -> markdown.append(line(table, row.cells())));
                }
                case Plot plot -> {
                    if (pictures.contains(plot.id())) {
                        markdown.append("\n![").append(plot.title()).append("](").append(plot.id()).append(".svg)\n");
                    }
                }
                case Fold fold -> {
                    markdown.append("\n### ").append(fold.title()).append('\n');
                    markdown(fold.parts(), pictures, markdown);
                }
            }
        }
    }

    private static String line(Table table, List<String> cells) {
        return IntStream.of(table.shown()).mapToObj(cells::get).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** What {@code page.js} reads; Gson writes {@code <} in a form that cannot end the script. */
    private static String json(List<Plot> plots) {
        final JsonArray array = new JsonArray();
        for (final Plot plot : plots) {
            final JsonObject object = GSON.toJsonTree(plot).getAsJsonObject();
            object.addProperty("kind", plot.getClass().getSimpleName());
            array.add(object);
        }
        return GSON.toJson(array);
    }

    private static String inline(String text) {
        return CODE.matcher(escape(text)).replaceAll("<code>$1</code>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(name, broken);
        }
    }
}
