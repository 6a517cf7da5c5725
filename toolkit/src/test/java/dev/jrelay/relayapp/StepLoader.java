// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;

/**
 * Loads the kernel and {@link StepScenario} once more, with a call of {@link Steps#before} woven in at the start of
 * each accessor of {@code ControlWords}. Everything else is the shipped code.
 */
final class StepLoader extends ClassLoader {
    private static final String KERNEL = "dev.jrelay.";
    private static final String WOVEN = "dev.jrelay.ControlWords";

    StepLoader() {
        super("steps", StepLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        final boolean kernel = name.startsWith(KERNEL) && name.indexOf('.', KERNEL.length()) < 0;
        if (!kernel && !name.startsWith(StepScenario.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            final byte[] shipped = in.readAllBytes();
            final byte[] bytes = name.equals(WOVEN) ? weave(shipped) : shipped;
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException failed) {
            throw new ClassNotFoundException(name, failed);
        }
    }

    private static byte[] weave(byte[] shipped) {
        final ClassFile files = ClassFile.of();
        return files.transformClass(files.parse(shipped), ClassTransform.transformingMethods(StepLoader::isAccessor,
                (method, element) -> {
                    if (element instanceof CodeModel code) {
                        method.transformCode(code, new CallingBefore());
                    } else {
                        method.with(element);
                    }
                }));
    }

    /** Whether a method is an access to a shared word: all of them but the set-up. */
    private static boolean isAccessor(MethodModel method) {
        return !method.flags().has(AccessFlag.STATIC) && !method.flags().has(AccessFlag.PRIVATE)
                && !List.of("<init>", "initialize").contains(method.methodName().stringValue());
    }

    private record CallingBefore() implements CodeTransform {
        @Override
        public void atStart(CodeBuilder code) {
            code.invokestatic(ClassDesc.of("dev.jrelay.relayapp.Steps"), "before",
                    MethodTypeDesc.of(ConstantDescs.CD_void));
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            code.with(element);
        }
    }
}
