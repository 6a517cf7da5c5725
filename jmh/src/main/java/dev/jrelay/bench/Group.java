// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.Set;

/**
 * What peers are compared in. A benchmark names its group as the value of a parameter, and {@link Part} puts in all
 * peers that are in it; so may a user, who thereby chooses those that are in that group as well.
 */
final class Group {
    /** {@link Subject}s whose one writer drains what it wrote. */
    static final String ONE_WRITER = "one-writer";
    /** The same of those that take any number of writers. */
    static final String MANY_WRITERS = "many-writers";
    /** {@link Subject}s that several threads write to at once. */
    static final String ONE_BUFFER = "one-buffer";
    /** {@link Subject}s of which each of several threads has a buffer. */
    static final String OWN_BUFFERS = "own-buffers";
    /** {@link Subject}s that are written to in place, without a staging copy. */
    static final String IN_PLACE = "in-place";
    /** {@link Subject}s that a thread drains while another one writes. */
    static final String STREAM = "stream";
    /** {@link Subject}s that are flight recorders: channels that overwrite. */
    static final String OVERWRITE = "overwrite";
    /** {@link Pipe}s to another process. */
    static final String TO_PROCESS = "to-process";
    /** {@link FileLogger}s. */
    static final String TO_FILE = "to-file";
    /** {@link Timed} events. */
    static final String TIMED = "timed";
    /** {@link LoggingFramework}s. */
    static final String LOGGING = "logging";
    /** Those of them that end in a file, and do not drop events while the file keeps up. */
    static final String LOGGING_KEPT = "logging-kept";
    /** All that are not of this project. No benchmark's group, but a user's choice. */
    static final String OTHERS = "others";

    static final Set<String> ALL = Set.of(ONE_WRITER, MANY_WRITERS, ONE_BUFFER, OWN_BUFFERS, IN_PLACE, STREAM,
            OVERWRITE, TO_PROCESS, TO_FILE, TIMED, LOGGING, LOGGING_KEPT);

    private Group() {
    }
}
