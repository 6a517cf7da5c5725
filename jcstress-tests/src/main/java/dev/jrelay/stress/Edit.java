// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One change to the bytecode of one shipped class. An edit that finds nothing to change fails, so that a mutant cannot
 * outlive the code it was made for.
 *
 * @param className simple name of a class of {@code dev.jrelay}
 * @param method the method, for instance {@code casTail}; with overloads, followed by its descriptor
 * @param change what happens to the method's elements
 * @param copied null, or the method that is copied and changed under the name {@code method}
 */
record Edit(String className, String method, UnaryOperator<List<Object>> change, String copied) {
    /** The one of the {@code write} methods that the tests use. */
    static final String WRITE_BYTES = "write([BII)J";

    private static final String PACKAGE = "dev.jrelay";
    /** Statements and marks, at most, between a statement that is moved and its new place. */
    private static final int NEAR = 12;

    Edit(String className, String method, UnaryOperator<List<Object>> change) {
        this(className, method, change, null);
    }

    static ClassDesc type(String simpleName) {
        return ClassDesc.of(PACKAGE, simpleName);
    }

    /** Replaces an access mode, of {@code Words} or VarHandle, by another with the same arguments. */
    static Edit mode(String className, String method, String from, String to) {
        return call(className, method, from, call -> code -> code.invokevirtual(
                call.owner().asSymbol(), to, call.typeSymbol()));
    }

    /** Replaces an atomic access by the static method of {@code Weak} that does the same in two steps. */
    static Edit twoSteps(String className, String method, String atomic) {
        return call(className, method, atomic, call -> code -> code.invokestatic(type("Weak"), atomic,
                call.typeSymbol().insertParameterTypes(0, call.owner().asSymbol())));
    }

    /**
     * An access mode of {@code Words} that the kernel does not have: a copy of the method of another mode, named after
     * the new one, with which its VarHandles are then called.
     */
    static Edit added(String from, String to) {
        return new Edit("Words", to, mode("Words", from, from, to).change, from);
    }

    /** Replaces calls of {@code name} by other code, which finds their arguments on the stack. */
    static Edit code(String className, String method, String name, Consumer<CodeBuilder> replacement) {
        return call(className, method, name, call -> replacement);
    }

    /** Puts code in front of calls of {@code name}. */
    static Edit before(String className, String method, String name, Consumer<CodeBuilder> inserted) {
        return call(className, method, name, call -> code -> {
            inserted.accept(code);
            code.with((CodeElement) call);
        });
    }

    /** Removes calls of {@code name}, which return nothing, with their arguments. */
    static Edit without(String className, String method, String name) {
        return call(className, method, name, call -> code -> {
            final List<ClassDesc> arguments = call.typeSymbol().parameterList();
            for (int i = arguments.size() - 1; i >= 0; i--) {
                final String descriptor = arguments.get(i).descriptorString();
                if (descriptor.equals("J") || descriptor.equals("D")) {
                    code.pop2();
                } else {
                    code.pop();
                }
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                code.pop();
            }
        });
    }

    /** Replaces one kind of branch by another. */
    static Edit branch(String className, String method, Opcode from, Opcode to) {
        return new Edit(className, method, elements -> {
            final List<Object> result = new ArrayList<>();
            boolean found = false;
            for (final Object element : elements) {
                if (element instanceof BranchInstruction branch && branch.opcode() == from) {
                    final Label target = branch.target();
                    result.add((Consumer<CodeBuilder>) code -> code.branch(to, target));
                    found = true;
                } else {
                    result.add(element);
                }
            }
            return found ? result : null;
        });
    }

    /** Moves the statement that calls {@code moved} behind a later one that calls {@code after}, on every path. */
    static Edit later(String className, String method, String moved, String after) {
        return new Edit(className, method, elements -> {
            final List<List<Object>> statements = new ArrayList<>(statements(elements));
            boolean found = false;
            for (int at = 0; at < statements.size(); at++) {
                if (!calls(statements.get(at), moved)) {
                    continue;
                }
                final int end = Math.min(at + NEAR, statements.size());
                for (int to = at + 1; to < end; to++) {
                    if (calls(statements.get(to), after)) {
                        statements.add(to, statements.remove(at));
                        found = true;
                        break;
                    }
                }
            }
            return found ? statements.stream().<Object>flatMap(List::stream).toList() : null;
        });
    }

    /** A field loses its {@code volatile}. */
    static Edit plainField(String className, String field) {
        return new Edit(className, field, null);
    }

    private static Edit call(String className, String method, String name,
            java.util.function.Function<InvokeInstruction, Consumer<CodeBuilder>> replacement) {
        return new Edit(className, method, elements -> {
            final List<Object> result = new ArrayList<>();
            boolean found = false;
            for (final Object element : elements) {
                if (element instanceof InvokeInstruction call && call.name().equalsString(name)) {
                    result.add(replacement.apply(call));
                    found = true;
                } else {
                    result.add(element);
                }
            }
            return found ? result : null;
        });
    }

    /** The instructions of each source line; labels and other marks are lists of their own and stay where they are. */
    private static List<List<Object>> statements(List<Object> elements) {
        final List<List<Object>> statements = new ArrayList<>();
        List<Object> current = new ArrayList<>();
        for (final Object element : elements) {
            final boolean instruction = element instanceof Instruction || element instanceof Consumer;
            if (!instruction) {
                statements.add(current);
                current = new ArrayList<>();
            }
            current.add(element);
            if (!instruction && !(element instanceof LineNumber) || element instanceof BranchInstruction) {
                statements.add(current);
                current = new ArrayList<>();
            }
        }
        statements.add(current);
        return statements;
    }

    private static boolean calls(List<Object> statement, String name) {
        return statement.stream().anyMatch(element -> element instanceof InvokeInstruction call
                && call.name().equalsString(name));
    }

    /** The edited class. */
    byte[] apply(byte[] original) {
        final ClassFile classFile = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
        final ClassModel model = classFile.parse(original);
        final int[] changed = {0};
        final ClassTransform transform = (builder, element) -> {
            if (change == null && element instanceof FieldModel field && field.fieldName().equalsString(method)) {
                changed[0]++;
                builder.withField(field.fieldName().stringValue(), field.fieldTypeSymbol(), fields -> fields.withFlags(
                        field.flags().flagsMask() & ~ClassFile.ACC_VOLATILE));
            } else if (change != null && element instanceof MethodModel candidate && isMeant(candidate)) {
                changed[0]++;
                if (copied == null) {
                    builder.transformMethod(candidate, (methods, part) -> {
                        if (part instanceof CodeModel code) {
                            methods.withCode(codes -> edited(code).forEach(one -> emit(codes, one)));
                        } else {
                            methods.with(part);
                        }
                    });
                } else {
                    builder.with(candidate);
                    builder.withMethodBody(method, candidate.methodTypeSymbol(), candidate.flags().flagsMask(),
                            codes -> edited(candidate.code().orElseThrow()).forEach(one -> emit(codes, one)));
                }
            } else {
                builder.with(element);
            }
        };
        final byte[] result = classFile.transformClass(model, transform);
        if (changed[0] != 1) {
            throw new IllegalStateException(this + ": found " + changed[0] + " times");
        }
        return result;
    }

    /** The changed code, without names of local variables: an edit may leave out the code that they are for. */
    private List<Object> edited(CodeModel code) {
        final List<Object> elements = new ArrayList<>(code.elementList());
        elements.removeIf(LocalVariable.class::isInstance);
        final List<Object> edited = change.apply(elements);
        if (edited == null) {
            throw new IllegalStateException(this + ": nothing to change");
        }
        return edited;
    }

    private boolean isMeant(MethodModel candidate) {
        final String meant = copied == null ? method : copied;
        final String name = candidate.methodName().stringValue();
        return name.equals(meant) || (name + candidate.methodType().stringValue()).equals(meant);
    }

    @SuppressWarnings("unchecked")
    private static void emit(CodeBuilder code, Object element) {
        if (element instanceof Consumer<?> generated) {
            ((Consumer<CodeBuilder>) generated).accept(code);
        } else {
            code.with((CodeElement) element);
        }
    }

    @Override
    public String toString() {
        return className + "." + method;
    }

    /** A method type for generated calls. */
    static MethodTypeDesc signature(String descriptor) {
        return MethodTypeDesc.ofDescriptor(descriptor);
    }
}
