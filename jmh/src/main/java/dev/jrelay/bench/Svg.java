// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Writes charts as SVG. */
public final class Svg {
    /** Text comes as outlines: hundredths of a pixel are enough for them. */
    private static final Pattern DIGITS = Pattern.compile("(\\d\\.\\d{2})\\d+");

    private Svg() {
    }

    /**
     * Writes a chart.
     *
     * @param chart the chart
     * @param file where to; replaced if it exists
     * @throws IOException if it cannot be written
     */
    public static void write(Chart<?, ?> chart, Path file) throws IOException {
        final ByteArrayOutputStream svg = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        Files.writeString(file, DIGITS.matcher(svg.toString(StandardCharsets.UTF_8)).replaceAll("$1"));
    }
}
