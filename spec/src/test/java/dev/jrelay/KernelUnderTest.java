// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import dev.jrelay.spec.Kernel;
import dev.jrelay.spec.ModelConstants;
import dev.jrelay.spec.Seam;
import dev.jrelay.spec.Visible;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One buffer of the kernel, and the processes of the model as calls of its API. What a client does between two calls
 * (write its data, look at a sub-buffer, the callbacks) is reported to the seam as a step, like an access of the
 * kernel.
 *
 * <p>Writers write their odd messages with {@code write}, the even ones with {@code reserve} and {@code commit} or
 * {@code abort}.
 */
public final class KernelUnderTest implements Kernel {
    private static final long POLL_NANOS = 3_600_000_000_000L;
    /** What a record holds before it is aborted. */
    private static final byte GARBAGE = 0x7f;

    private final ModelConstants constants;
    private final int scale;
    private final Geometry geometry;
    private final long first;
    private final MemorySegment control;
    private final MemorySegment data;
    private final ControlWords words;
    private final Window window;
    /** Where the {@code delivered} words are, for looks that are no steps. */
    private final long[] delivered;
    private final Map<Long, Integer> refusals = new HashMap<>();
    private RelayBuffer buffer;
    private ExclusiveWriter owner;
    private volatile boolean ownerIsDone;
    private final AtomicInteger freed = new AtomicInteger();
    private long partlyRead;
    private BooleanSupplier stopped = () -> false;

    /** Called by reflection: this class is loaded beside the kernel under test. */
    public KernelUnderTest(ModelConstants constants) {
        this.constants = constants;
        this.scale = constants.scale();
        this.geometry = new Geometry(scale * constants.size(), constants.count(), scale * constants.header(),
                constants.overwrite() ? Mode.OVERWRITE : Mode.NO_OVERWRITE);
        // A model whose sequences wrap has the kernel's wrap at the same distance.
        final int before = constants.modulus() - constants.first();
        this.first = constants.first() == 0 ? 0L : geometry.plus(0L, -before);
        this.control = MemorySegment.ofArray(new long[ControlWords.blockSize(constants.count()) / Long.BYTES]);
        this.data = Arena.ofAuto().allocate(geometry.bufferSize(), 8L);
        this.words = new ControlWords(control, constants.count());
        this.window = new Window(geometry, words, constants.exclusive());
        this.delivered = deliveredOffsets();
        reset();
    }

    /** The layout is the kernel's own affair: found by what a store changes. */
    private long[] deliveredOffsets() {
        final MemorySegment zeros = MemorySegment.ofArray(new long[(int) control.byteSize() / Long.BYTES]);
        final long[] offsets = new long[constants.count()];
        for (int slot = 0; slot < offsets.length; slot++) {
            words.deliveredVolatile(slot, -1L);
            offsets[slot] = control.mismatch(zeros);
            words.deliveredVolatile(slot, 0L);
        }
        return offsets;
    }

    @Override
    public void reset() {
        control.fill((byte) 0);
        data.fill((byte) 0);
        freed.set(0);
        ownerIsDone = false;
        ControlWords.initialize(control, geometry, first, constants.exclusive());
        buffer = new RelayBuffer(0, window, data, new Hooks(), freed::incrementAndGet);
        owner = constants.exclusive() ? buffer.claim() : null;
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
            return constants.exclusive() ? () -> own(process) : () -> write(buffer.writer(), process);
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
                window.skipAll();
            };
        } else if (constants.is(process, "Snapshots")) {
            return () -> Snapshot.take(window, slot -> buffer.subBuffers[slot]).subBuffers()
                    .forEach(copy -> checkLap(copy.segment(), copy.length(), copy.sequence()));
        }
        final Waiting waiting = new Waiting.Asleep(words, buffer.waiter);
        final Consumer consumer = new Consumer(window, buffer.subBuffers, waiting, new Lease(1, () -> { }));
        if (constants.is(process, "Partials")) {
            return () -> read(consumer.stream());
        } else if (constants.is(process, "Consumers")) {
            return constants.waits() ? constants.passes() ? () -> pollAndPass(consumer, waiting) : () -> poll(consumer)
                    : () -> take(consumer);
        }
        throw new IllegalArgumentException("no Java code for process " + process);
    }

    // ---- writers ------------------------------------------------------------------------------------------------

    private void write(RecordWriter writer, String name) {
        int number = 0;
        for (final int length : constants.lengths(name)) {
            number++;
            final int bytes = scale * length;
            if (number % 2 == 1 && !constants.aborts(name, number) && !constants.holds()) {
                final byte[] record = new byte[bytes];
                Arrays.fill(record, (byte) constants.cell(0, name, number));
                writer.write(record, 0, bytes);
            } else {
                final long position = writer.reserve(bytes);
                if (position >= 0L) {
                    Seam.point("write", position, bytes, number);
                    finish(writer, name, number, position, bytes);
                }
            }
        }
    }

    private void finish(RecordWriter writer, String name, int number, long position, int bytes) {
        final MemorySegment record = data.asSlice(writer.dataOffset(position), bytes);
        record.fill((byte) constants.cell(delta(geometry.sequence(position)), name, number));
        if (constants.holds()) {
            owner.flush();
        }
        if (constants.aborts(name, number)) {
            record.fill(GARBAGE);
            writer.abort(position, bytes);
        } else {
            writer.commit(position, bytes);
        }
    }

    @Override
    public long position(long to) {
        final long before = control.get(ValueLayout.JAVA_LONG,
                delivered[(int) (to / geometry.subBufferSize())]) & ~ControlWords.PASSED;
        return geometry.position(geometry.plus(before, geometry.subBufferCount() - 1L),
                (int) (to % geometry.subBufferSize()));
    }

    @Override
    public void fill(byte[] record, long to) {
        final int lap = constants.cell(delta(geometry.sequence(position(to))), "header", 0)
                - constants.cell(0, "header", 0);
        Arrays.fill(record, (byte) (record[0] + lap));
    }

    /** The owner of an exclusive buffer: in the end it closes what is open, and waits for the close if one comes. */
    private void own(String name) {
        write(owner, name);
        ownerIsDone = true;
        if (waitsForClose()) {
            Seam.await(this::isCloseRequested);
        }
        owner.flush();
    }

    private boolean waitsForClose() {
        return constants.has("Closers");
    }

    private boolean isCloseRequested() {
        return (buffer.requestAcquire() & RelayBuffer.REQUEST_FINISH) != 0L;
    }

    @Override
    public boolean idles(String process) {
        return constants.writers().contains(process) && ownerIsDone && waitsForClose() && !isCloseRequested();
    }

    // ---- readers ------------------------------------------------------------------------------------------------

    private void take(Consumer consumer) {
        while (!stopped.getAsBoolean()) {
            if (!takeOne(consumer) && constants.passes()) {
                consumer.pass();
            }
        }
    }

    private boolean takeOne(Consumer consumer) {
        final SubBuffer subBuffer = consumer.next();
        if (subBuffer == null) {
            return false;
        }
        if (constants.overwrite()) {
            checkLap(subBuffer.segment(), subBuffer.length(), subBuffer.sequence());
        } else {
            Seam.point("read", subBuffer.sequence(), subBuffer.padding(), subBuffer.records());
        }
        consumer.subBuffersConsumed(1);
        return true;
    }

    private void poll(Consumer consumer) {
        while (consumer.poll(POLL_NANOS) != Readiness.HANG_UP) {
            takeOne(consumer);
        }
    }

    /** The first look of {@code poll} is the {@code next} that found nothing; it may be given up in its sleep. */
    private void pollAndPass(Consumer consumer, Waiting waiting) {
        for (;;) {
            if (!takeOne(consumer) && !consumer.pass()) {
                if (consumer.isDrained()) {
                    return;
                }
                try {
                    if (waiting.poll(consumer, System.nanoTime() + POLL_NANOS) == Readiness.HANG_UP) {
                        return;
                    }
                } catch (Seam.Abandoned timeout) {
                    continue;
                }
            }
        }
    }

    /** Reads once from the beginning of the current sub-buffer; what is whole is left to the consumer. */
    private void read(RelayStream stream) {
        final MemorySegment target = MemorySegment.ofArray(new byte[geometry.subBufferSize()]);
        for (long end = 0L; end == 0L && !stopped.getAsBoolean();) {
            try {
                final long count = stream.read(target, 0L, target.byteSize());
                if (count > 0L) {
                    throw new IllegalStateException("a read returns " + count + " bytes without keeping its place");
                }
            } catch (Seam.Abandoned found) {
                end = found.position();
                checkLap(target, geometry.offset(end), geometry.sequence(end));
            }
        }
    }

    @Override
    public Seam.Abandoned abandon(String process, String accessor, long a, long result) {
        if (constants.is(process, "Partials")) {
            if (accessor.equals("consumedAcquire/0")) {
                partlyRead = result;
            } else if (accessor.equals("readPositionOpaque/1")) {
                return new Seam.Abandoned(a);
            } else if (accessor.equals("deliveredAcquire/1") && result == geometry.after(partlyRead)) {
                return new Seam.Abandoned(0L);
            }
        }
        return null;
    }

    /** What a reader was given is of the sub-buffer that it is said to be of, whatever was going on meanwhile. */
    private void checkLap(MemorySegment bytes, int length, long sequence) {
        final int lap = constants.cell(delta(sequence), "header", 0);
        for (int i = 0; i < length; i++) {
            final int cell = bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            if ((cell < lap || cell >= lap + constants.cells()) && !(cell == 0 && constants.aborts())) {
                throw new IllegalStateException("byte " + i + " of sub-buffer " + delta(sequence) + " is not its own: "
                        + cell);
            }
        }
    }

    // ---- words --------------------------------------------------------------------------------------------------

    @Override
    public int delta(long sequence) {
        final int shift = Long.numberOfLeadingZeros(geometry.sequenceMask());
        return constants.normal((int) (sequence - first << shift >> shift));
    }

    @Override
    public long sequence(int delta) {
        return geometry.plus(first, delta);
    }

    @Override
    public long position(int delta, int offset) {
        return geometry.position(sequence(delta), offset);
    }

    @Override
    public long tail(int delta, int offset, boolean finalized, boolean paused) {
        return position(delta, offset) | (finalized ? Geometry.FINALIZED : 0L) | (paused ? Geometry.PAUSED : 0L)
                | (constants.exclusive() ? Geometry.EXCLUSIVE : 0L);
    }

    @Override
    public int slot(int delta) {
        return geometry.slot(sequence(delta));
    }

    @Override
    public long commitOffset(int slot) {
        return words.commitOffset(slot);
    }

    @Override
    public long passed(int delta) {
        return ControlWords.PASSED | sequence(delta);
    }

    @Override
    public boolean isPassed(long delivered) {
        return (delivered & ControlWords.PASSED) != 0L;
    }

    @Override
    public long counter(String name) {
        return Visible.LOSSES.contains(name) ? Loss.valueOf(name).ordinal() : Fate.valueOf(name).ordinal();
    }

    @Override
    public int[] parts(long tail) {
        return new int[] {delta(geometry.sequence(tail)), geometry.offset(tail),
            (tail & Geometry.FINALIZED) != 0L ? 1 : 0, (tail & Geometry.PAUSED) != 0L ? 1 : 0};
    }

    @Override
    public int[] visible() {
        final int[] vector = new int[Visible.length(constants)];
        System.arraycopy(parts(words.tailAcquire()), 0, vector, 0, 4);
        vector[4] = delta(words.consumedAcquire());
        vector[5] = (int) words.waitingVolatile();
        vector[6] = (int) words.closedVolatile();
        vector[7] = freed.get();
        int at = Visible.SLOTS;
        for (int slot = 0; slot < constants.count(); slot++) {
            final long commit = words.commitAcquire(slot);
            final long delivered = words.deliveredAcquire(slot);
            vector[at++] = (int) commit;
            vector[at++] = (int) (commit >>> 32);
            vector[at++] = (int) words.paddingOpaque(slot);
            vector[at++] = (int) words.recordsOpaque(slot);
            vector[at++] = delta(delivered & ~ControlWords.PASSED) + (isPassed(delivered) ? Visible.PASSED : 0);
        }
        for (final Loss cause : Loss.values()) {
            at = count(vector, at, words.lostOpaque(cause));
        }
        for (final String fate : Visible.FATES) {
            at = count(vector, at, words.tallyOpaque(Fate.valueOf(fate)));
        }
        for (int cell = 0; cell < constants.count() * constants.size(); cell++) {
            vector[at++] = cell(cell);
        }
        return vector;
    }

    private static int count(int[] vector, int at, Tally tally) {
        vector[at] = (int) tally.subBuffers();
        vector[at + 1] = (int) tally.records();
        vector[at + 2] = (int) tally.bytes();
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
            subBuffer.asSlice(0L, geometry.headerBytes()).fill((byte) constants.cell(delta(sequence), "header", 0));
        }

        @Override
        public void onEnd(RelayBuffer ended, long sequence, MemorySegment subBuffer, int padding, int records) {
            Seam.point("onEnd", sequence, padding, records);
        }
    }
}
