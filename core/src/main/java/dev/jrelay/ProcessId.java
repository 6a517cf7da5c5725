// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a process in a shared word, 0 for nobody:
 *
 * <pre>
 *   63           54 53            42 41                    22 21                  0
 *  +---------------+----------------+------------------------+---------------------+
 *  | boot          | PID namespace  | start                  | pid                 |
 *  +---------------+----------------+------------------------+---------------------+
 * </pre>
 *
 * <p>A pid is told from a later process with the same number by its start in clock ticks since the machine was started,
 * which no step of the wall clock moves; from one of another container by its namespace; from one before a reboot by
 * the boot id. (From proc(5): {@code /proc/PID/stat} fields 3 and 22, {@code /proc/self/ns/pid}, {@code
 * /proc/sys/kernel/random/boot_id}. A time namespace shifts what field 22 shows by {@code boottime} of {@code
 * /proc/self/timens_offsets}, which is taken off again.) Where there is no {@code /proc}, the start is the second
 * of the wall clock.
 */
final class ProcessId {
    private static final int START_SHIFT = 22;
    private static final int NAMESPACE_SHIFT = 42;
    private static final int BOOT_SHIFT = 54;
    private static final long PID_MASK = (1L << START_SHIFT) - 1L;
    private static final long START_MASK = (1L << NAMESPACE_SHIFT - START_SHIFT) - 1L;
    private static final long NAMESPACE_MASK = (1L << BOOT_SHIFT - NAMESPACE_SHIFT) - 1L;
    private static final long BOOT_MASK = (1L << 64 - BOOT_SHIFT) - 1L;
    /** Fields of {@code /proc/PID/stat} behind the name, which may contain anything: the state is the first. */
    private static final int START_FIELD = 19;

    private static final long TICK_NANOS = 10_000_000L;
    /** Seconds, and nanoseconds beside them. */
    private static final String OFFSET = " +(-?[0-9]{1,9}) +([0-9]{1,9})";

    private static final Path PROC = Path.of("/proc");
    /** Whether {@code /proc} is there and shows the processes of others too. */
    private static final boolean SEES = stat(1L) != null;
    /** Clock ticks by which starts seem later here. */
    private static final long SHIFTED = shift("boottime") / TICK_NANOS;
    private static final long SELF = self(ProcessHandle.current().pid());

    private ProcessId() {
    }

    static long self() {
        return SELF;
    }

    private static long self(long pid) {
        final String[] stat = stat(pid);
        final long start = stat != null ? start(stat) : startSecond(ProcessHandle.current());
        return (hash(read("sys/kernel/random/boot_id")) & BOOT_MASK) << BOOT_SHIFT
                | (hash(namespace()) & NAMESPACE_MASK) << NAMESPACE_SHIFT | (start & START_MASK) << START_SHIFT
                | pid & PID_MASK;
    }

    private static long start(String[] stat) {
        return Long.parseLong(stat[START_FIELD]) - SHIFTED;
    }

    /** By how many ns the time namespace of this process moves a clock. */
    static long shift(String clock) {
        final Matcher offset = Pattern.compile(clock + OFFSET).matcher(read("self/timens_offsets"));
        return offset.find() ? Long.parseLong(offset.group(1)) * 1_000_000_000L + Long.parseLong(offset.group(2)) : 0L;
    }

    private static long startSecond(ProcessHandle process) {
        return process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
    }

    private static long hash(String text) {
        return text.hashCode() * 0x9E37_79B9_7F4A_7C15L >>> 32;
    }

    private static String namespace() {
        try {
            return Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException none) {
            return "";
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(PROC.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException none) {
            return "";
        }
    }

    /** The fields of a process's stat behind its name; null if it is not there. */
    private static String[] stat(long pid) {
        final String stat = read(pid + "/stat");
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > START_FIELD ? fields : null;
    }

    static long pid(long id) {
        return id & PID_MASK;
    }

    /** What can be seen of a process; it may have given signs of life all the same. */
    static Life life(long id) {
        if (id == SELF) {
            return Life.ALIVE;
        }
        if (id >>> BOOT_SHIFT != SELF >>> BOOT_SHIFT) {
            return Life.DEAD;
        }
        if (id >>> NAMESPACE_SHIFT != SELF >>> NAMESPACE_SHIFT) {
            return Life.UNKNOWN;
        }
        final String[] stat = stat(pid(id));
        if (stat != null) {
            final boolean ended = stat[0].equals("Z") || stat[0].equals("X");
            return ended || (start(stat) & START_MASK) != start(id) ? Life.DEAD : Life.ALIVE;
        }
        if (SEES) {
            return Life.DEAD;
        }
        return Files.isDirectory(PROC) ? Life.UNKNOWN : lifeByHandle(id);
    }

    private static long start(long id) {
        return id >>> START_SHIFT & START_MASK;
    }

    private static Life lifeByHandle(long id) {
        return ProcessHandle.of(pid(id)).filter(ProcessHandle::isAlive)
                .filter(process -> (startSecond(process) & START_MASK) == start(id)).isPresent()
                ? Life.ALIVE : Life.DEAD;
    }
}
