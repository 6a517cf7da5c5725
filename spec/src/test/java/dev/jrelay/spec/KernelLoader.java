// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.HashSet;
import java.util.Set;

/**
 * Loads the kernel, and the part of the harness that lives in its package, a second time: with the {@link Seam} woven
 * in and, if wanted, one fault planted. What both worlds share is in {@code dev.jrelay.spec}.
 */
final class KernelLoader extends ClassLoader {
    private static final String KERNEL = "dev.jrelay.";
    private static final String SHARED = "dev.jrelay.spec.";

    private final Fault fault;
    private final Survivors.Mutant mutant;
    private final Set<String> defined = new HashSet<>();

    private KernelLoader(Fault fault, Survivors.Mutant mutant) {
        super("kernel", KernelLoader.class.getClassLoader());
        this.fault = fault;
        this.mutant = mutant;
    }

    /**
     * A fresh kernel under test for a model with these constants.
     *
     * @param fault what to break; null for the kernel as it is
     */
    static Kernel kernel(ModelConstants constants, Fault fault) {
        return (Kernel) machine(constants, fault);
    }

    /** The same of whatever part of the kernel the model is of. */
    static Machine machine(ModelConstants constants, Fault fault) {
        return load(constants, new KernelLoader(fault, null));
    }

    /** The same with a mutant in place of the class that it is one of. */
    static Machine mutated(ModelConstants constants, Survivors.Mutant mutant) {
        return load(constants, new KernelLoader(null, mutant));
    }

    /** The classes that a kernel under test has needed so far. */
    static Set<String> classes(Machine kernel) {
        return Set.copyOf(((KernelLoader) kernel.getClass().getClassLoader()).defined);
    }

    private static Machine load(ModelConstants constants, KernelLoader loader) {
        try {
            return (Machine) loader.loadClass(constants.machine())
                    .getConstructor(ModelConstants.class).newInstance(constants);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(KERNEL) || name.startsWith(SHARED)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = Instrumenter.weave(name,
                mutant != null && mutant.type().equals(name) ? mutant.bytes() : shipped(name));
        if (fault != null && name.equals(fault.className())) {
            bytes = fault.plant(bytes);
        }
        defined.add(name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    /** The bytes of a class as they are shipped. */
    static byte[] shipped(String name) throws ClassNotFoundException {
        final String file = name.replace('.', '/') + ".class";
        try (InputStream in = KernelLoader.class.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
