// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

/** Counts messages and keeps none: what the benchmark itself costs, contained in every other row. */
final class NoSubject extends Subject {
    private long written;
    private long drained;

    @Override
    Writer newWriter() {
        return new Writer() {
            @Override
            boolean write() {
                written++;
                return true;
            }

            @Override
            boolean event(long value) {
                written++;
                return true;
            }
        };
    }

    @Override
    long drain() {
        final long taken = written - drained;
        drained = written;
        return taken;
    }
}
