// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import dev.jrelay.spec.Machine;
import dev.jrelay.spec.ModelConstants;
import dev.jrelay.spec.Seam;
import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicInteger;

/** The lease of a channel's memory, and those who use it. */
public final class LeaseUnderTest implements Machine {
    private final ModelConstants constants;
    private final Field holders;
    private Lease lease;
    private int freed;

    /** Called by reflection: this class is loaded beside the kernel under test. */
    public LeaseUnderTest(ModelConstants constants) throws NoSuchFieldException {
        this.constants = constants;
        this.holders = Lease.class.getDeclaredField("holders");
        holders.setAccessible(true);
        reset();
    }

    @Override
    public void reset() {
        freed = 0;
        lease = new Lease(constants.all("Keepers").size(), () -> {
            Seam.point("free", 0L, 0L, 0L);
            freed++;
        });
    }

    @Override
    public Runnable body(String thread) {
        return constants.is(thread, "Keepers") ? lease::release : () -> {
            if (lease.acquire()) {
                lease.release();
            }
        };
    }

    @Override
    public int[] visible() {
        try {
            return new int[] {((AtomicInteger) holders.get(lease)).get(), freed};
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
