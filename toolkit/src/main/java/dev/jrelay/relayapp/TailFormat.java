// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

/** How {@link Tail} shows bytes. */
public enum TailFormat {
    /** Lines of UTF-8 text; a line that is not ended yet waits for its end. */
    TEXT,
    /** 16 bytes in a line, in hexadecimal. */
    HEX,
    /** klog's records, one in a line. */
    KLOG
}
