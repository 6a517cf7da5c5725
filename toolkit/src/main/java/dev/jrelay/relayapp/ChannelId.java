// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.ChannelFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Which process opened a channel, and when: tells it from all other channels of its name on this machine, also from
 * those before a reboot.
 *
 * @param writer the word that identifies the process
 * @param openedMillis when the channel was opened, ms since 1970
 */
public record ChannelId(long writer, long openedMillis) {
    private static final long WRITER_AT = 48L;

    /**
     * Reads it from the channel's control page.
     *
     * @param directory where the channel's files are
     * @param base its name
     * @return its identity
     * @throws IOException if there is no such channel, or its control page is not complete
     */
    public static ChannelId read(Path directory, String base) throws IOException {
        final Path control = directory.resolve(ChannelFiles.controlName(base));
        final ByteBuffer words = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ)) {
            while (words.hasRemaining()) {
                if (channel.read(words, WRITER_AT + words.position()) < 0) {
                    throw new EOFException(control + ": is not the control page of a channel: too short");
                }
            }
        }
        return new ChannelId(words.getLong(0), words.getLong(Long.BYTES));
    }

    /**
     * Reads what {@link #toString} gives.
     *
     * @param text two hexadecimal numbers with a hyphen between
     * @return the identity
     * @throws IllegalArgumentException if it is not of this form
     */
    public static ChannelId parse(String text) {
        final int hyphen = text.indexOf('-');
        if (hyphen < 0) {
            throw new IllegalArgumentException("channel '" + text
                    + "': must be two hexadecimal numbers with a hyphen between");
        }
        return new ChannelId(Long.parseUnsignedLong(text, 0, hyphen, 16),
                Long.parseUnsignedLong(text, hyphen + 1, text.length(), 16));
    }

    /** As one word of hexadecimal digits and a hyphen. */
    @Override
    public String toString() {
        return Long.toHexString(writer) + "-" + Long.toHexString(openedMillis);
    }
}
