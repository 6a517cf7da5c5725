// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Throwables as text. */
final class Throwables {
    private Throwables() {
    }

    static String stackTrace(Throwable thrown) {
        final StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
