// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Weaves the {@link Seam} into the compiled kernel: each accessor of a shared word reports its name, its arguments and
 * its result; the copies of records and of sub-buffers, the calls of {@link LockSupport}, the accesses to fields of
 * library classes, and what claims see of time and of processes go through the seam as well. Nothing else is changed,
 * so what the tests step through is the shipped code.
 */
final class Instrumenter {
    private static final ClassDesc SEAM = Seam.class.describeConstable().orElseThrow();
    private static final ClassDesc LOCK_SUPPORT = LockSupport.class.describeConstable().orElseThrow();
    private static final ClassDesc ATOMIC_BOOLEAN = AtomicBoolean.class.describeConstable().orElseThrow();
    private static final ClassDesc ATOMIC_INTEGER = AtomicInteger.class.describeConstable().orElseThrow();
    private static final ClassDesc PROCESS_ID = ClassDesc.of("dev.jrelay.ProcessId");
    private static final ClassDesc LIFE = ClassDesc.of("dev.jrelay.Life");
    private static final ClassDesc ENUM = ConstantDescs.CD_Enum;
    private static final MethodTypeDesc BEFORE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String,
            ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);
    private static final MethodTypeDesc AFTER = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long);
    private static final MethodTypeDesc ORDINAL = MethodTypeDesc.of(ConstantDescs.CD_int);
    private static final MethodTypeDesc NO_ARGUMENTS = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final int MAX_ARGUMENTS = 4;
    /** Where a word is, which is no access. */
    private static final List<String> NO_ACCESS = List.of("<init>", "commitOffset");
    /** The shared word that is a field of a buffer, and the flag that its monitor guards. */
    private static final List<String> REQUEST = List.of("requestAcquire", "casRequest", "claim", "unclaim");

    private Instrumenter() {
    }

    /** The class with its seam; the same bytes if it has nothing to report. */
    static byte[] weave(String className, byte[] shipped) {
        return switch (className) {
            case "dev.jrelay.ControlWords" -> transform(shipped, report());
            case "dev.jrelay.RelayBuffer" -> transform(transform(shipped, report()), redirect());
            case "dev.jrelay.RecordWriter" -> transform(shipped, start("copy", code -> {
                final CodeBuilder arguments = code.aload(1).iload(2).lload(3).iload(5);
                arguments.invokestatic(SEAM, "copying", MethodTypeDesc.of(ConstantDescs.CD_void,
                        ConstantDescs.CD_byte.arrayType(), ConstantDescs.CD_int, ConstantDescs.CD_long,
                        ConstantDescs.CD_int));
            }));
            case "dev.jrelay.Copy" -> transform(shipped,
                    start("segment", code -> code.invokestatic(SEAM, "copy", NO_ARGUMENTS)));
            case "dev.jrelay.Waiting$Asleep", "dev.jrelay.Waiter", "dev.jrelay.Snapshot", "dev.jrelay.Claims",
                    "dev.jrelay.Beat", "dev.jrelay.Lease" -> transform(shipped, redirect());
            default -> shipped;
        };
    }

    /** Whether a method is a step: an access to a shared word. */
    static boolean isAccessor(MethodModel method) {
        final String name = method.methodName().stringValue();
        return REQUEST.contains(name) || isOfControlWords(method) && !method.flags().has(AccessFlag.STATIC)
                && !method.flags().has(AccessFlag.PRIVATE) && !NO_ACCESS.contains(name);
    }

    private static boolean isOfControlWords(MethodModel method) {
        return method.parent().orElseThrow().thisClass().asInternalName().equals("dev/jrelay/ControlWords");
    }

    /** The name of a step: {@code casTail/2}. */
    static String name(MethodModel method) {
        return method.methodName().stringValue() + "/" + method.methodTypeSymbol().parameterCount();
    }

    private static ClassTransform report() {
        return ClassTransform.transformingMethods(Instrumenter::isAccessor, (builder, element) -> {
            if (element instanceof CodeModel code) {
                builder.transformCode(code, new Reporting(code.parent().orElseThrow()));
            } else {
                builder.with(element);
            }
        });
    }

    /** Calls the seam at the start of a method. */
    private static ClassTransform start(String name, Consumer<CodeBuilder> call) {
        return ClassTransform.transformingMethodBodies(method -> method.methodName().equalsString(name),
                new CodeTransform() {
                    @Override
                    public void atStart(CodeBuilder code) {
                        call.accept(code);
                    }

                    @Override
                    public void accept(CodeBuilder code, CodeElement element) {
                        code.with(element);
                    }
                });
    }

    private static ClassTransform redirect() {
        return ClassTransform.transformingMethodBodies((code, element) -> {
            if (element instanceof InvokeInstruction call && isSeam(call)) {
                final MethodTypeDesc type = call.typeSymbol();
                if (type.returnType().equals(LIFE)) {
                    code.invokestatic(SEAM, call.name().stringValue(), type.changeReturnType(ConstantDescs.CD_int))
                            .invokestatic(LIFE, "values", MethodTypeDesc.of(LIFE.arrayType())).swap().aaload();
                } else {
                    code.invokestatic(SEAM, call.name().stringValue(), call.opcode() == Opcode.INVOKESTATIC ? type
                            : type.insertParameterTypes(0, call.owner().asSymbol()));
                }
            } else {
                code.with(element);
            }
        });
    }

    private static boolean isSeam(InvokeInstruction call) {
        final ClassDesc owner = call.owner().asSymbol();
        return owner.equals(LOCK_SUPPORT) || owner.equals(ATOMIC_INTEGER) && !call.name().equalsString("<init>")
                || owner.equals(ATOMIC_BOOLEAN) && call.name().equalsString("compareAndSet")
                || call.name().equalsString("onSpinWait") || call.name().equalsString("nanoTime")
                || owner.equals(PROCESS_ID) && (call.name().equalsString("self") || call.name().equalsString("life"));
    }

    private static byte[] transform(byte[] shipped, ClassTransform transform) {
        final ClassFile files = ClassFile.of();
        return files.transformClass(files.parse(shipped), transform);
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
                } else if (!type.parameterType(i).isPrimitive()) {
                    code.aload(slot).invokevirtual(ENUM, "ordinal", ORDINAL).i2l();
                    slot += 1;
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
