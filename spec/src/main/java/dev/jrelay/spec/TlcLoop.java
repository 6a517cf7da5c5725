// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The JVM that {@link WarmTlc} starts. Reads TLC's arguments from standard input, one a line, an empty line after the
 * last; runs TLC; writes its exit code behind its output; and so on until the input ends.
 *
 * <p>TLC keeps state in static fields, of which a second run in the same classes would inherit some: each run loads
 * the classes anew, in a class loader of its own, and so starts from what a new JVM would start from.
 */
final class TlcLoop {
    /** Starts the last line of a run; the exit code follows. */
    static final String END = "@!@!@ENDRUN ";

    private TlcLoop() {
    }

    /**
     * Serves until the input ends.
     *
     * @param jar the jar with TLC
     */
    public static void main(String... jar) throws IOException, ReflectiveOperationException, JMException {
        final URL[] tlc = {Path.of(jar[0]).toUri().toURL()};
        final BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (List<String> job = next(jobs); !job.isEmpty(); job = next(jobs)) {
            // The parent knows the JDK only: not this jar, which may carry a TLC that is not the one asked for.
            try (URLClassLoader loader = new URLClassLoader(tlc, ClassLoader.getPlatformClassLoader())) {
                Thread.currentThread().setContextClassLoader(loader);
                final int exit = run(loader, job.toArray(String[]::new));
                unregister(loader);
                System.out.println("\n" + END + exit);
                System.out.flush();
            }
        }
        // A thread that TLC may have left behind must not keep the JVM.
        System.exit(0);
    }

    private static List<String> next(BufferedReader jobs) throws IOException {
        final List<String> job = new ArrayList<>();
        for (String line = jobs.readLine(); line != null && !line.isEmpty(); line = jobs.readLine()) {
            job.add(line);
        }
        return job;
    }

    /** The one thing that TLC leaves outside its own classes: beans, in whose way those of the next run would be. */
    private static void unregister(ClassLoader loader) throws JMException {
        final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (final ObjectName name : server.queryNames(null, null)) {
            if (server.getClassLoaderFor(name) == loader) {
                server.unregisterMBean(name);
            }
        }
    }

    /** What {@code tlc2.TLC.main} does, but for ending the JVM. */
    private static int run(ClassLoader loader, String... arguments) throws ReflectiveOperationException {
        try {
            final Class<?> type = loader.loadClass("tlc2.TLC");
            final Object tlc = type.getConstructor().newInstance();
            if (!(boolean) type.getMethod("handleParameters", String[].class).invoke(tlc, (Object) arguments)) {
                return 1;
            }
            type.getMethod("setResolver", loader.loadClass("util.FilenameToStream")).invoke(tlc,
                    loader.loadClass("util.SimpleFilenameToStream").getConstructor().newInstance());
            final Object error = type.getMethod("process").invoke(tlc);
            return (int) loader.loadClass("tlc2.output.EC$ExitStatus")
                    .getMethod("errorConstantToExitStatus", int.class).invoke(null, error);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof VirtualMachineError fatal) {
                throw fatal;
            }
            thrown.getCause().printStackTrace(System.out);
            return 1;
        }
    }
}
