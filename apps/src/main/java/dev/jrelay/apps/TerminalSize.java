// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Whether a file descriptor of this process is a terminal, and of which size: {@code ioctl(TIOCGWINSZ)}. The JDK says
 * neither; {@link java.io.Console} answers for stdin and stdout together. Known for Linux only, elsewhere nothing is a
 * terminal.
 *
 * @param rows lines, 1 or more
 * @param columns characters of a line, 1 or more
 */
record TerminalSize(int rows, int columns) {
    static final int STDOUT = 1;
    static final int STDERR = 2;

    private static final long TIOCGWINSZ = 0x5413L;
    /** Of a terminal that does not know its own size. */
    static final TerminalSize USUAL = new TerminalSize(24, 80);

    /** The terminal behind a file descriptor; null if it is none. */
    @SuppressWarnings("restricted") // one call of the C library; the jar says that it makes such
    static TerminalSize of(int descriptor) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return null;
        }
        final Linker linker = Linker.nativeLinker();
        final MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().find("ioctl").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS), Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4L); // rows, columns, pixels
            final int result = (int) ioctl.invokeExact(descriptor, TIOCGWINSZ, size);
            if (result != 0) {
                return null;
            }
            final int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0L));
            final int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1L));
            return rows == 0 || columns == 0 ? USUAL : new TerminalSize(rows, columns);
        } catch (Throwable failed) {
            throw new AssertionError(failed); // ioctl throws nothing
        }
    }
}
