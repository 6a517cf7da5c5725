// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** Buffer by thread id; see {@link CpuSelector#striped()}. */
final class StripedSelector implements CpuSelector {
    static final StripedSelector INSTANCE = new StripedSelector();

    private StripedSelector() {
    }

    @Override
    public int select(int bufferCount) {
        final int id = (int) Thread.currentThread().threadId() & Integer.MAX_VALUE;
        final int mask = bufferCount - 1;
        return (bufferCount & mask) == 0 ? id & mask : id % bufferCount; // a division costs more than the write's CAS
    }
}
