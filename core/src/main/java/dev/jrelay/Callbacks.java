// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;

/**
 * What a client may hook into a channel: the {@code rchan_callbacks} of relayfs.
 *
 * <p>The original's {@code subbuf_start} finalizes the previous sub-buffer, initializes the next, reserves header room
 * and decides, all in one. With several writers for each buffer, a decision can be made by a writer that then loses the
 * race to open the sub-buffer, so it is three functions here: {@link #admit} decides and may be asked more than once,
 * {@link #onStart} and {@link #onEnd} run exactly once for each sub-buffer. The header room is
 * {@link ChannelConfig.Builder#headerBytes}.
 *
 * <p>Order: {@code onStart(q)} returns before {@code onEnd(q)} is called; {@code onEnd(q)} returns before a consumer
 * sees {@code q}. {@code onEnd(q)} and {@code onStart(q+1)} may run at the same time on two threads; with one writer
 * they run in this order on its thread. All functions are called on a writing (or flushing, or closing) thread and must
 * be quick and must not block. If one throws, the exception reaches that thread's caller and the protocol state stays
 * sound: the record becomes an aborted one, or the sub-buffer is delivered all the same.
 */
public interface Callbacks {
    /** Callbacks that admit everything and do nothing else. */
    Callbacks NONE = new Callbacks() { };

    /**
     * Decides whether the next sub-buffer may be opened. Called before the buffer changes, possibly several times for
     * one sub-buffer and on several threads at once, so it must be a pure decision. Fullness in no-overwrite mode is
     * tested before it; {@link RelayBuffer#isFull()} asks the same.
     *
     * @param buffer the buffer
     * @param sequence the sub-buffer that would be opened
     * @return false to fail the write with {@link Result#REFUSED}; the next write asks again
     */
    default boolean admit(RelayBuffer buffer, long sequence) {
        return true;
    }

    /**
     * A sub-buffer was opened; the client may initialize its first {@code headerBytes} bytes. Other writers may already
     * be writing records behind the header.
     *
     * @param buffer the buffer
     * @param sequence the sub-buffer's sequence; for the first one of a channel there is no predecessor
     * @param subBuffer its memory, {@code subBufferSize} bytes
     */
    default void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
    }

    /**
     * A sub-buffer is complete: every record in it is committed and no consumer has seen it yet. The calling thread has
     * it exclusively, and may finish the header, for instance with the padding count.
     *
     * @param buffer the buffer
     * @param sequence the sub-buffer's sequence
     * @param subBuffer its memory, {@code subBufferSize} bytes
     * @param padding unused bytes at its end, 0 to {@link Geometry#maxLength()}
     * @param records committed records in it, 0 to {@link Geometry#maxLength()}
     */
    default void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
    }

    /**
     * Another process has mapped the buffer. Called by the channel's {@link Channel#tick()}, by default once a second.
     *
     * @param buffer the buffer
     * @param pid the process
     */
    default void bufMapped(RelayBuffer buffer, long pid) {
    }

    /**
     * Another process has unmapped the buffer, or has died. Called like {@link #bufMapped}.
     *
     * @param buffer the buffer
     * @param pid the process
     */
    default void bufUnmapped(RelayBuffer buffer, long pid) {
    }
}
