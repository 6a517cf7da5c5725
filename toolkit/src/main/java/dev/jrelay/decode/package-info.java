// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what was collected: records of all buffers in the order of their times, with what was lost between them.
 *
 * <pre>
 *   files, a trace, a broker --> bytes of each buffer --> RecordStream --+
 *                                bytes of each buffer --> RecordStream --+--> Decoder --> Decoded, one by one
 * </pre>
 *
 * <p>Another source is a list of streams: {@link dev.jrelay.decode.Decoder#stream} makes one of any
 * {@link java.io.InputStream}. What is read is not trusted.
 */
package dev.jrelay.decode;
