// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Buffer by CPU number; see {@link CpuSelector#cpuId()}. */
final class CpuIdSelector implements CpuSelector {
    static final CpuIdSelector INSTANCE = new CpuIdSelector();

    /** {@code int sched_getcpu(void)}, or null where it cannot be had. */
    private static final MethodHandle SCHED_GETCPU = find();

    private CpuIdSelector() {
    }

    static boolean isAvailable() {
        return SCHED_GETCPU != null;
    }

    @SuppressWarnings("restricted") // asked for first: without native access nothing is called and nothing is warned of
    private static MethodHandle find() {
        if (!CpuIdSelector.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        try {
            final Linker linker = Linker.nativeLinker();
            final MethodHandle handle = linker.defaultLookup().find("sched_getcpu")
                    .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT),
                            Linker.Option.critical(false)))
                    .orElse(null);
            return handle != null && (int) handle.invokeExact() >= 0 ? handle : null;
        } catch (Throwable unavailable) {
            return null;
        }
    }

    @Override
    public int select(int bufferCount) {
        try {
            final int cpu = (int) SCHED_GETCPU.invokeExact();
            return cpu < bufferCount ? cpu : cpu % bufferCount;
        } catch (Throwable impossible) {
            throw new AssertionError("sched_getcpu", impossible);
        }
    }
}
