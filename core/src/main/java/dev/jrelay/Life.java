// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** What is known of another process. */
public enum Life {
    /** It runs: it was seen, or it has given a sign of life within the last seconds. */
    ALIVE,
    /** It has ended: it is not there any more, is a zombie, or ran before the machine was started. */
    DEAD,
    /**
     * It cannot be seen from here, since it lives in another PID namespace (a container) or processes are hidden, and
     * it has given no sign of life for some seconds: it may be stopped, or gone.
     */
    UNKNOWN
}
