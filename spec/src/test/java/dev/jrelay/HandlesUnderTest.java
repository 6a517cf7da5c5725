// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import dev.jrelay.spec.HandlesView;
import dev.jrelay.spec.Machine;
import dev.jrelay.spec.ModelConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An exclusive buffer whose handle is given back and taken again. The steps are those on words that several threads
 * use; what is the owner's alone, or its delivery's, is folded into them.
 */
public final class HandlesUnderTest implements Machine {
    private static final Set<String> STEPS = Set.of("requestAcquire/0", "casRequest/2", "claim/0", "unclaim/0",
            "tailAcquire/0", "tailRelease/1", "reservedFence/0", "closedVolatile/1", "settle");
    /** Large enough not to fill, and enough of them not to come round. */
    private static final Geometry GEOMETRY = new Geometry(64, 16, 0, Mode.NO_OVERWRITE);
    private static final byte[] RECORD = new byte[8];

    private final ModelConstants constants;
    private final MemorySegment control =
            MemorySegment.ofArray(new long[ControlWords.blockSize(GEOMETRY.subBufferCount()) / Long.BYTES]);
    private final MemorySegment data = Arena.ofAuto().allocate(GEOMETRY.bufferSize(), 8L);
    private final ControlWords words = new ControlWords(control, GEOMETRY.subBufferCount());
    private final Window window = new Window(GEOMETRY, words, true);
    private final AtomicInteger freed = new AtomicInteger();
    private RelayBuffer buffer;
    private int accepted;

    /** Called by reflection: this class is loaded beside the kernel under test. */
    public HandlesUnderTest(ModelConstants constants) {
        this.constants = constants;
        reset();
    }

    @Override
    public void reset() {
        control.fill((byte) 0);
        ControlWords.initialize(control, GEOMETRY, 0L, true);
        freed.set(0);
        accepted = 0;
        buffer = new RelayBuffer(0, window, data, Callbacks.NONE, freed::incrementAndGet);
    }

    @Override
    public boolean isStep(String accessor) {
        return STEPS.contains(accessor);
    }

    @Override
    public Runnable body(String thread) {
        if (constants.is(thread, "Flushers")) {
            return buffer::flush;
        } else if (constants.is(thread, "Closers")) {
            return buffer::finish;
        } else if (constants.is(thread, "Pausers")) {
            return () -> {
                buffer.pause(true);
                buffer.pause(false);
            };
        }
        return () -> {
            for (int i = 0; i < constants.number("Takes"); i++) {
                own();
            }
        };
    }

    private void own() {
        final ExclusiveWriter handle = buffer.claim();
        if (handle == null) {
            return;
        }
        for (int i = 0; i < constants.number("Writes"); i++) {
            write(handle);
        }
        handle.close();
        write(handle);
    }

    private void write(ExclusiveWriter handle) {
        if (handle.write(RECORD, 0, RECORD.length) >= 0L) {
            accepted++;
        }
    }

    @Override
    public int[] visible() {
        final long request = buffer.requestAcquire();
        final long tail = words.tailAcquire();
        final int[] vector = {(int) (request / RelayBuffer.REQUEST_FLUSH),
            (request & RelayBuffer.REQUEST_PAUSE) != 0L ? 1 : 0, (request & RelayBuffer.REQUEST_FINISH) != 0L ? 1 : 0,
            (int) GEOMETRY.sequence(tail), GEOMETRY.offset(tail) != 0 ? 1 : 0, tail < 0L ? 1 : 0,
            (int) words.closedVolatile(), freed.get(), accepted, lost(Loss.CLOSED), lost(Loss.PAUSED)};
        if (vector.length != HandlesView.length()) {
            throw new IllegalStateException("the view has " + HandlesView.length() + " components");
        }
        return vector;
    }

    private int lost(Loss cause) {
        return (int) words.lostOpaque(cause).records();
    }
}
