// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import dev.jrelay.spec.Kernel;
import dev.jrelay.spec.ModelConstants;
import dev.jrelay.spec.Seam;
import dev.jrelay.spec.Visible;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One buffer of the kernel, and the processes of the model as calls of its API. What a client does between two calls
 * (write its data, look at a sub-buffer, the callbacks) is reported to the seam as a step, like an access of the
 * kernel.
 */
public final class KernelUnderTest implements Kernel {
    private static final long POLL_NANOS = 3_600_000_000_000L;

    private final ModelConstants constants;
    private final int scale;
    private final Geometry geometry;
    private final long first;
    private final MemorySegment control;
    private final MemorySegment data;
    private final ControlWords words;
    private final RelayBuffer buffer;
    private final Map<Long, Integer> refusals = new HashMap<>();
    private BooleanSupplier stopped = () -> false;
    private Consumer consumer;

    /** Called by reflection: this class is loaded beside the kernel under test. */
    public KernelUnderTest(ModelConstants constants) {
        this.constants = constants;
        this.scale = constants.scale();
        this.geometry = new Geometry(scale * constants.size(), constants.count(), scale * constants.header(),
                constants.overwrite() ? Mode.OVERWRITE : Mode.NO_OVERWRITE, false);
        // A model whose sequences wrap has the kernel's wrap at the same distance.
        final int before = constants.modulus() - constants.first();
        this.first = constants.first() == 0 ? 0L : geometry.plus(0L, -before);
        this.control = MemorySegment.ofArray(new long[(int) ControlWords.blockSize(constants.count()) / Long.BYTES]);
        this.data = Arena.ofAuto().allocate(geometry.bufferSize(), 8L);
        this.words = new ControlWords(control, constants.count());
        this.buffer = new RelayBuffer(0, geometry, words, data, new Hooks());
        reset();
    }

    @Override
    public void reset() {
        control.fill((byte) 0);
        data.fill((byte) 0);
        words.initialize(geometry, first);
        buffer.waiter.leave();
        consumer = new Consumer(geometry, words, buffer.subBuffers, buffer.waiter, () -> { });
        refusals.clear();
        constants.refusals().forEach((delta, count) -> refusals.put(geometry.plus(first, delta), count));
    }

    @Override
    public void stopWhen(BooleanSupplier condition) {
        stopped = condition;
    }

    @Override
    public Runnable body(String process) {
        if (constants.writers().contains(process)) {
            return () -> write(process);
        } else if (constants.is(process, "Flushers")) {
            return buffer::flush;
        } else if (constants.is(process, "Closers")) {
            return buffer::finish;
        } else if (constants.is(process, "Pausers")) {
            return () -> {
                buffer.pause(true);
                buffer.pause(false);
            };
        } else if (constants.is(process, "Resetters")) {
            return () -> {
                buffer.flush();
                buffer.protocol.skipAll();
            };
        } else if (constants.is(process, "Consumers")) {
            return constants.waits() ? this::poll : this::take;
        }
        throw new IllegalArgumentException("no Java code for process " + process);
    }

    private void write(String writer) {
        int number = 0;
        for (final int length : constants.lengths(writer)) {
            number++;
            final int bytes = scale * length;
            final long position = buffer.reserve(bytes);
            if (position < 0L) {
                continue;
            }
            Seam.point("write", position, bytes, number);
            if (constants.aborts(writer, number)) {
                buffer.abort(position, bytes);
            } else {
                final byte cell = (byte) constants.cell(delta(geometry.sequence(position)), writer, number);
                data.asSlice(buffer.dataOffset(position), bytes).fill(cell);
                buffer.commit(position, bytes);
            }
        }
    }

    private void take() {
        while (!stopped.getAsBoolean()) {
            takeOne();
        }
    }

    private boolean takeOne() {
        final SubBuffer subBuffer = consumer.next();
        if (subBuffer == null) {
            return false;
        }
        if (!constants.overwrite()) {
            Seam.point("read", subBuffer.sequence(), subBuffer.padding(), subBuffer.records());
            consumer.subBuffersConsumed(1);
        }
        return true;
    }

    private void poll() {
        while (consumer.poll(POLL_NANOS) != Readiness.HANG_UP) {
            takeOne();
        }
    }

    @Override
    public int delta(long sequence) {
        final int shift = Long.numberOfLeadingZeros(geometry.sequenceMask);
        return constants.normal((int) (sequence - first << shift >> shift));
    }

    @Override
    public long sequence(int delta) {
        return geometry.plus(first, delta);
    }

    @Override
    public long tail(int delta, int offset, boolean finalized, boolean paused) {
        return geometry.position(sequence(delta), offset) | (finalized ? Geometry.FINALIZED : 0L)
                | (paused ? Geometry.PAUSED : 0L);
    }

    @Override
    public int slot(int delta) {
        return geometry.slot(sequence(delta));
    }

    @Override
    public long counter(String name) {
        return switch (name) {
            case "OVERWRITTEN" -> ControlWords.OVERWRITTEN;
            case "SKIPPED" -> ControlWords.SKIPPED;
            case "ABORTED" -> ControlWords.ABORTED;
            case "DELIVERED" -> ControlWords.DELIVERED;
            default -> ControlWords.LOST + 16L * Visible.COUNTERS.indexOf(name);
        };
    }

    @Override
    public int[] parts(long tail) {
        return new int[] {delta(geometry.sequence(tail)), geometry.offset(tail),
            (tail & Geometry.FINALIZED) != 0L ? 1 : 0, (tail & Geometry.PAUSED) != 0L ? 1 : 0};
    }

    @Override
    public int[] visible() {
        final int[] vector = new int[Visible.length(constants)];
        final long tail = words.tailAcquire();
        vector[0] = delta(geometry.sequence(tail));
        vector[1] = geometry.offset(tail);
        vector[2] = (tail & Geometry.FINALIZED) != 0L ? 1 : 0;
        vector[3] = (tail & Geometry.PAUSED) != 0L ? 1 : 0;
        vector[4] = delta(words.consumedAcquire());
        vector[5] = (int) words.waitingVolatile();
        vector[6] = (int) words.closedVolatile();
        int at = Visible.SLOTS;
        for (int slot = 0; slot < constants.count(); slot++) {
            final long commit = words.commitAcquire(slot);
            vector[at++] = (int) commit;
            vector[at++] = (int) (commit >>> 32);
            vector[at++] = (int) words.paddingOpaque(slot);
            vector[at++] = (int) words.recordsOpaque(slot);
            vector[at++] = delta(words.deliveredAcquire(slot));
        }
        for (int cause = 0; cause < Result.CAUSES; cause++) {
            at = counters(vector, at, ControlWords.LOST + 16L * cause, 0, 2);
        }
        at = counters(vector, at, ControlWords.OVERWRITTEN, 3, 3);
        at = counters(vector, at, ControlWords.SKIPPED, 3, 3);
        at = counters(vector, at, ControlWords.ABORTED, 0, 2);
        at = counters(vector, at, ControlWords.DELIVERED, 3, 3);
        for (int cell = 0; cell < constants.count() * constants.size(); cell++) {
            vector[at++] = cell(cell);
        }
        return vector;
    }

    /** Sub-buffers, records and bytes of one counter; sub-buffers are 0 where only records are counted. */
    private int counters(int[] vector, int at, long counter, int width, int count) {
        for (int i = 0; i < count; i++) {
            vector[at + (width == 0 ? 1 : 0) + i] = (int) words.counterOpaque(counter + 8L * i);
        }
        return at + 3;
    }

    /** What one byte of the model holds here, or -1 if its bytes differ. */
    private int cell(int index) {
        final byte cell = data.get(ValueLayout.JAVA_BYTE, (long) scale * index);
        for (int i = 1; i < scale; i++) {
            if (data.get(ValueLayout.JAVA_BYTE, (long) scale * index + i) != cell) {
                return -1;
            }
        }
        return cell & 0xff;
    }

    /** The client's callbacks. */
    private final class Hooks implements Callbacks {
        @Override
        public boolean admit(RelayBuffer admitted, long sequence) {
            final int left = refusals.isEmpty() ? 0 : refusals.getOrDefault(sequence, 0);
            if (left > 0) {
                refusals.put(sequence, left - 1);
            }
            return left == 0;
        }

        @Override
        public void onStart(RelayBuffer started, long sequence, MemorySegment subBuffer) {
            Seam.point("onStart", sequence, 0L, 0L);
            subBuffer.asSlice(0L, geometry.headerBytes).fill((byte) constants.cell(delta(sequence), "header", 0));
        }

        @Override
        public void onEnd(RelayBuffer ended, long sequence, MemorySegment subBuffer, int padding, int records) {
            Seam.point("onEnd", sequence, padding, records);
        }
    }
}
