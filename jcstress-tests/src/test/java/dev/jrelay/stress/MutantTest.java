// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each mutant still finds the code that it changes, and what it makes of it is a valid class. */
class MutantTest {
    @ParameterizedTest
    @EnumSource
    void appliesAndVerifies(Mutant mutant) throws IOException {
        final Map<String, byte[]> classes = mutant.classes();
        assertThat(classes).isNotEmpty();
        classes.forEach((name, bytes) -> {
            assertThat(ClassFile.of().verify(bytes)).isEmpty();
            assertThat(new Definer().define(bytes).getSimpleName()).isEqualTo(name);
        });
    }

    /** The JVM's own look at a class, which sees what the verification of the class file API does not. */
    private static final class Definer extends ClassLoader {
        Definer() {
            super(MutantTest.class.getClassLoader());
        }

        Class<?> define(byte[] bytes) {
            return defineClass(null, bytes, 0, bytes.length);
        }
    }
}
