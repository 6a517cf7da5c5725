// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The defaults of all benchmarks: nanoseconds per operation, three JVMs, short iterations. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {Measured.PARALLEL, Measured.HEAP, Measured.MAX_HEAP, Measured.NATIVE, Measured.AGRONA,
    Measured.UNSAFE, Measured.CHRONICLE_MAP, Measured.CHRONICLE_REFLECT, Measured.CHRONICLE_CLEANER})
public abstract class Measured {
    /** Cheap reference stores, for the peers that hand over references. */
    static final String PARALLEL = "-XX:+UseParallelGC";
    static final String HEAP = "-Xms512m";
    static final String MAX_HEAP = "-Xmx512m";
    /** For {@code CpuSelector.cpuId()}. */
    static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
    /** For Agrona's buffers. */
    static final String AGRONA = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";
    /** For Chronicle's mapped files. */
    static final String CHRONICLE_MAP = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
    static final String CHRONICLE_REFLECT = "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED";
    static final String CHRONICLE_CLEANER = "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED";
    /** For JCTools' queues: no warning. */
    static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
}
