// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each mutant still finds the code that it changes, and what it makes of it is a valid class. */
class MutantTest {
    @ParameterizedTest
    @EnumSource
    void appliesAndVerifies(Mutant mutant) throws Exception {
        final Map<String, byte[]> classes = mutant.classes();
        assertThat(classes).isNotEmpty();
        final Kernel kernel = new Kernel(classes);
        for (final Map.Entry<String, byte[]> changed : classes.entrySet()) {
            assertThat(ClassFile.of().verify(changed.getValue())).isEmpty();
            assertThat(Class.forName(Kernel.PACKAGE + changed.getKey(), true, kernel).getClassLoader())
                    .isSameAs(kernel);
        }
    }

    /**
     * The JVM's own look at the classes, which sees what the verification of the class file API does not. The whole
     * kernel is loaded here: a sealed class and its subclasses have one loader.
     */
    private static final class Kernel extends ClassLoader {
        static final String PACKAGE = "dev.jrelay.";

        private final Map<String, byte[]> changed;

        Kernel(Map<String, byte[]> changed) {
            super(MutantTest.class.getClassLoader());
            this.changed = changed;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.lastIndexOf('.') != PACKAGE.length() - 1 || !name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            final Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = changed.get(name.substring(PACKAGE.length()));
            if (bytes == null) {
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    bytes = in.readAllBytes();
                } catch (IOException failure) {
                    throw new ClassNotFoundException(name, failure);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
