// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * A fault of one token, planted in the compiled kernel: a comparison turned, a call dropped, a constant changed. What
 * the tests say of the kernel is worth as much as the faults that they find.
 *
 * @param name what is wrong
 * @param className the class that is changed
 * @param method the method that is changed
 * @param place finds the instruction
 * @param nth which of those that are found, from 0
 * @param change writes something else in its place
 */
record Fault(String name, String className, String method, Predicate<CodeElement> place, int nth,
        BiPredicate<CodeBuilder, CodeElement> change) {
    private static final String PACKAGE = "dev.jrelay.";

    /** Turns a comparison. */
    static Fault branch(String name, String where, Opcode from, int nth, Opcode to) {
        return at(name, where, element -> element instanceof BranchInstruction branch && branch.opcode() == from, nth,
                (code, element) -> {
                    code.branch(to, ((BranchInstruction) element).target());
                    return true;
                });
    }

    /** Makes a comparison of two longs come out as equal. */
    static Fault alwaysEqual(String name, String where, int nth) {
        return at(name, where, element -> element instanceof OperatorInstruction operator
                && operator.opcode() == Opcode.LCMP, nth, (code, element) -> {
                    code.with(element).pop().iconst_0();
                    return true;
                });
    }

    /** Leaves out a call; its result is 0. */
    static Fault drop(String name, String where, String callee, int nth) {
        return at(name, where, calls(callee), nth, (code, element) -> {
            final InvokeInstruction call = (InvokeInstruction) element;
            for (final ClassDesc type : call.typeSymbol().parameterList().reversed()) {
                if (TypeKind.from(type).slotSize() == 2) {
                    code.pop2();
                } else {
                    code.pop();
                }
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                code.pop();
            }
            switch (TypeKind.from(call.typeSymbol().returnType())) {
                case VOID -> { }
                case LONG -> code.lconst_0();
                case REFERENCE -> code.aconst_null();
                default -> code.iconst_0();
            }
            return true;
        });
    }

    /** Makes a call and takes it to have succeeded. */
    static Fault ignoreFailure(String name, String where, String callee) {
        return at(name, where, calls(callee), 0, (code, element) -> {
            code.with(element).pop().iconst_1();
            return true;
        });
    }

    /** Changes a constant. */
    static Fault constant(String name, String where, Object from, int nth, long to) {
        return at(name, where, element -> element instanceof ConstantInstruction constant
                && constant.constantValue().equals(from), nth, (code, element) -> {
                    if (from instanceof Long) {
                        code.loadConstant(to);
                    } else {
                        code.loadConstant((int) to);
                    }
                    return true;
                });
    }

    private static Predicate<CodeElement> calls(String callee) {
        return element -> element instanceof InvokeInstruction call && call.name().equalsString(callee);
    }

    private static Fault at(String name, String where, Predicate<CodeElement> place, int nth,
            BiPredicate<CodeBuilder, CodeElement> change) {
        final String[] parts = where.split("\\.");
        return new Fault(name, PACKAGE + parts[0], parts[1], place, nth, change);
    }

    /** The class with the fault in it. */
    byte[] plant(byte[] shipped) {
        final ClassFile files = ClassFile.of();
        final int[] seen = {0};
        final CodeTransform transform = (code, element) -> {
            if (!place.test(element) || seen[0]++ != nth || !change.test(code, element)) {
                code.with(element);
            }
        };
        final byte[] broken = files.transformClass(files.parse(shipped), ClassTransform.transformingMethodBodies(
                candidate -> candidate.methodName().equalsString(method), transform));
        if (seen[0] <= nth) {
            throw new IllegalStateException("no place for the fault '" + name + "' in " + className + "." + method);
        }
        return broken;
    }

    @Override
    public String toString() {
        return name;
    }
}
