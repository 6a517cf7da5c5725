// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import dev.jrelay.klog.KlogRecord;
import dev.jrelay.relayapp.Rotation;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What to record, how, and where to: checked values.
 *
 * @param input the file to read; null for stdin
 * @param output directory for the files {@code cpu0}, {@code cpu1}, …
 * @param format how the input is cut into records
 * @param writers writer threads
 * @param buffers buffers of the channel, one output file each, or several that rotate
 * @param geometry the buffers' sizes and mode; no header
 * @param delay how long a record may wait for its sub-buffer to be full; zero: for ever
 * @param waits no-overwrite mode: whether writers wait for room; else they drop the record
 * @param channelDirectory where the channel's files lie; null for a fresh directory in memory
 * @param rotation when each buffer begins another output file
 * @param ctf whether the output is a CTF trace
 * @param force whether existing output files may be replaced
 */
public record RecordPlan(Path input, Path output, RecordFormat format, int writers, int buffers, Geometry geometry,
        Duration delay, boolean waits, Path channelDirectory, Rotation rotation,
        boolean ctf, boolean force) {

    /** Name of the channel, and of the output files. */
    public static final String BASE_NAME = "cpu";

    /** What a record is in its buffer. */
    RecordForm form() {
        return !ctf ? RecordForm.PLAIN : format instanceof RecordFormat.Lines ? RecordForm.TEXT : RecordForm.RAW;
    }

    /** What the output files consist of. */
    OutputKind kind() {
        return !ctf ? OutputKind.FILES : waits ? OutputKind.TRACE_OF_WAITING : OutputKind.TRACE;
    }

    /**
     * The longest record of the input that a sub-buffer holds.
     *
     * @return bytes
     */
    public int maxLength() {
        return Math.max(0, geometry.subBufferSize() - (ctf ? KlogRecord.HEADER_BYTES : 0));
    }

    /**
     * Memory of all buffers.
     *
     * @return bytes
     */
    public long memory() {
        return geometry.bufferSize() * buffers;
    }
}
