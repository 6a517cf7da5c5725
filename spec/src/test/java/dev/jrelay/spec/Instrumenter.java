// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Weaves the {@link Seam} into the compiled kernel: each accessor of {@code ControlWords} reports its name, its
 * arguments and its result, and the two calls of {@link LockSupport} go through the seam as well. Nothing else is
 * changed, so what the tests step through is the shipped code.
 */
final class Instrumenter {
    private static final ClassDesc SEAM = Seam.class.describeConstable().orElseThrow();
    private static final ClassDesc LOCK_SUPPORT = LockSupport.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc BEFORE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String,
            ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);
    private static final MethodTypeDesc AFTER = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long);
    private static final int MAX_ARGUMENTS = 3;

    private Instrumenter() {
    }

    /** The class with its seam; the same bytes if it has nothing to report. */
    static byte[] weave(String className, byte[] shipped) {
        return switch (className) {
            case "dev.jrelay.ControlWords" -> transform(shipped, ClassTransform.transformingMethods(
                    Instrumenter::isAccessor, (builder, element) -> {
                        if (element instanceof java.lang.classfile.CodeModel code) {
                            final MethodModel method = code.parent().orElseThrow();
                            builder.transformCode(code, new Reporting(method));
                        } else {
                            builder.with(element);
                        }
                    }));
            case "dev.jrelay.Consumer", "dev.jrelay.Waiter" -> transform(shipped,
                    ClassTransform.transformingMethodBodies(Instrumenter::redirect));
            default -> shipped;
        };
    }

    /** Whether a method of {@code ControlWords} is a step: all of them but the set-up. */
    static boolean isAccessor(MethodModel method) {
        return !method.flags().has(AccessFlag.STATIC) && !method.flags().has(AccessFlag.PRIVATE)
                && !List.of("<init>", "initialize").contains(method.methodName().stringValue());
    }

    /** The name of a step: {@code casTail/2}. */
    static String name(MethodModel method) {
        return method.methodName().stringValue() + "/" + method.methodTypeSymbol().parameterCount();
    }

    private static byte[] transform(byte[] shipped, ClassTransform transform) {
        final ClassFile files = ClassFile.of();
        return files.transformClass(files.parse(shipped), transform);
    }

    private static void redirect(CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeInstruction call && call.owner().asSymbol().equals(LOCK_SUPPORT)) {
            code.invokestatic(SEAM, call.name().stringValue(), call.typeSymbol());
        } else {
            code.with(element);
        }
    }

    /** One accessor: {@code before} at its start, {@code after} in front of each return. */
    private record Reporting(MethodModel method) implements CodeTransform {
        @Override
        public void atStart(CodeBuilder code) {
            final MethodTypeDesc type = method.methodTypeSymbol();
            code.loadConstant(name(method));
            int slot = 1;
            for (int i = 0; i < MAX_ARGUMENTS; i++) {
                if (i >= type.parameterCount()) {
                    code.lconst_0();
                } else if (TypeKind.from(type.parameterType(i)) == TypeKind.LONG) {
                    code.lload(slot);
                    slot += 2;
                } else {
                    code.iload(slot).i2l();
                    slot += 1;
                }
            }
            code.invokestatic(SEAM, "before", BEFORE);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof ReturnInstruction ret) {
                if (ret.opcode() == Opcode.LRETURN) {
                    code.dup2();
                } else if (ret.opcode() == Opcode.IRETURN) {
                    code.dup().i2l();
                } else {
                    code.lconst_0();
                }
                code.invokestatic(SEAM, "after", AFTER);
            }
            code.with(element);
        }
    }
}
