// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

/**
 * One buffer of one channel of one host, from its opening to its end: what has sequences without gaps.
 *
 * @param host the host's name
 * @param channel directory and name of the channel, for instance {@code /dev/shm/demo/cpu}
 * @param start which of all channels of that name: {@link dev.jrelay.relayapp.ChannelId}
 * @param buffer the buffer
 */
public record StreamId(String host, String channel, String start, int buffer) {
    /** In words. */
    @Override
    public String toString() {
        return host + ":" + channel + ", cpu " + buffer;
    }
}
