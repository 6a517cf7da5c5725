// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modes that the class files really use, and the places of their fences. */
final class ClassModes {
    private static final Set<String> WORDS_MODES = Set.of("getOpaque", "getAcquire", "getVolatile", "setOpaque",
            "setRelease", "setVolatile", "compareAndSet", "getAndAdd");
    private static final String VAR_HANDLE = "java/lang/invoke/VarHandle";
    private static final String ATOMICS = "java/util/concurrent/atomic/";
    private static final String PACKAGE = "dev/jrelay/";
    private static final Set<String> WORDS = Set.of(PACKAGE + "Words", PACKAGE + "ControlWords");
    /** What reserves, or opens, and what must follow at once. */
    private static final Set<String> RESERVING = Set.of("SharedWriter.reserve", "SubBufferSwitch.append",
            "SubBufferSwitch.open", "ExclusiveWriter.open");
    private static final Set<String> MOVES_TAIL = Set.of("casTail", "tailRelease");
    /** What validates a copy. */
    private static final Set<String> VALIDATING = Set.of("Snapshot.isIntact", "RelayStream.advance");
    private static final Set<String> VALIDATES = Set.of("tailAcquire", "consumedAcquire");

    /** The modes of each method that has any, by class, method and parameter types. */
    final Map<String, Set<String>> modes = new TreeMap<>();
    final List<String> problems = new ArrayList<>();

    private final Map<String, Set<String>> fencing = new TreeMap<>();

    /** Reads the classes, by simple name. */
    ClassModes(Map<String, byte[]> classes) {
        classes.forEach((name, bytes) -> {
            final ClassModel model = ClassFile.of().parse(bytes);
            for (final MethodModel method : model.methods()) {
                method.code().ifPresent(code -> read(model, name, method, code.elementList()));
            }
            if (name.equals("ControlWords")) {
                checkNames(model);
            }
        });
        checkCallers("reservedFence", RESERVING);
        checkCallers("copiedFence", VALIDATING);
    }

    /** Whether {@code Words} has a method of this name, which accesses a word in the mode of that name. */
    static boolean isMode(String method) {
        return WORDS_MODES.contains(method);
    }

    private void read(ClassModel model, String className, MethodModel method, List<CodeElement> code) {
        final String name = className + "." + method.methodName().stringValue();
        if (className.equals("Words") && isMode(method.methodName().stringValue())) {
            checkMechanism(method.methodName().stringValue(), code);
            return;
        }
        final Set<String> found = code.stream().map(element -> mode(model, element)).filter(mode -> mode != null)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!found.isEmpty()) {
            modes.merge(name + parameters(method), found, (one, two) -> {
                throw new IllegalStateException("two methods " + name);
            });
        }
        for (int i = 0; i < code.size(); i++) {
            if (calls(code.get(i), Set.of("reservedFence"))) {
                fencing.computeIfAbsent("reservedFence", fence -> new TreeSet<>()).add(name);
            } else if (calls(code.get(i), Set.of("copiedFence"))) {
                fencing.computeIfAbsent("copiedFence", fence -> new TreeSet<>()).add(name);
                checkNext(name, "copiedFence", code, i + 1, VALIDATES);
            } else if (RESERVING.contains(name) && calls(code.get(i), MOVES_TAIL)) {
                checkNext(name, "the tail's move", code, success(code, i), Set.of("reservedFence"));
            }
            if (VALIDATING.contains(name) && calls(code.get(i), VALIDATES)
                    && code.subList(0, i).stream().noneMatch(before -> calls(before, Set.of("copiedFence")))) {
                problems.add(name + ": the load that validates comes before copiedFence");
            }
        }
    }

    private static String parameters(MethodModel method) {
        return method.methodTypeSymbol().parameterList().stream().map(ClassDesc::displayName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** The mode of an access, null of anything else and of a plain access. */
    private static String mode(ClassModel model, CodeElement element) {
        if (element instanceof InvokeInstruction call) {
            final String owner = call.owner().asInternalName();
            final String name = call.name().stringValue();
            if (owner.equals(VAR_HANDLE)) {
                return name.endsWith("Fence") ? name : mode(name);
            } else if (owner.startsWith(ATOMICS)) {
                return name.equals("get") || name.equals("set") ? "volatile" : mode(name);
            }
            return WORDS.contains(owner) && isMode(name) ? mode(name) : null;
        }
        return element instanceof FieldInstruction access && isVolatile(model, access) ? "volatile" : null;
    }

    /** The mode of a method of this name; null if it has none or is plain. */
    private static String mode(String name) {
        for (final String mode : List.of("Acquire", "Release", "Opaque", "Volatile")) {
            if (name.endsWith(mode)) {
                return mode.toLowerCase(Locale.ROOT);
            }
        }
        return Stream.of("compareAnd", "getAnd", "decrement").anyMatch(name::startsWith) ? "full" : null;
    }

    private static boolean isVolatile(ClassModel model, FieldInstruction access) {
        return access.owner().asSymbol().equals(model.thisClass().asSymbol())
                && model.fields().stream().filter(field -> field.fieldName().equalsString(access.name().stringValue()))
                        .map(FieldModel::flags).anyMatch(flags -> (flags.flagsMask() & ClassFile.ACC_VOLATILE) != 0);
    }

    /** A mode's method in {@code Words}: that mode on the array, on the page, and on the array that the page became. */
    private void checkMechanism(String method, List<CodeElement> code) {
        final List<String> handles = new ArrayList<>();
        final List<String> calls = new ArrayList<>();
        for (final CodeElement element : code) {
            if (element instanceof FieldInstruction access && access.opcode() == Opcode.GETSTATIC) {
                handles.add(access.name().stringValue());
            } else if (element instanceof InvokeInstruction call && call.owner().asInternalName().equals(VAR_HANDLE)) {
                calls.add(call.name().stringValue());
            }
        }
        if (!handles.equals(List.of("ELEMENT", "VIEW", "ELEMENT")) || !calls.equals(Collections.nCopies(3, method))) {
            problems.add("Words." + method + " calls " + calls + " of " + handles);
        }
    }

    /** The suffix of each accessor's name is the mode of all that it does, by itself or in a method of its own. */
    private void checkNames(ClassModel model) {
        for (final MethodModel method : model.methods()) {
            final String name = method.methodName().stringValue();
            final Set<String> done = method.code().map(code -> code.elementList().stream()
                    .flatMap(element -> reached(model, element).stream())
                    .collect(Collectors.toCollection(TreeSet::new))).orElseGet(TreeSet::new);
            final boolean hidden = (method.flags().flagsMask() & ClassFile.ACC_PRIVATE) != 0;
            if (!hidden && !done.isEmpty() && !done.equals(Set.of(named(name)))) {
                problems.add("ControlWords." + name + parameters(method) + " is " + done);
            }
        }
    }

    private static Set<String> reached(ClassModel model, CodeElement element) {
        final String mode = mode(model, element);
        if (mode != null) {
            return Set.of(mode.endsWith("Fence") ? "fence" : mode);
        }
        return model.methods().stream().filter(method -> calls(element, Set.of(method.methodName().stringValue()))
                        && (method.flags().flagsMask() & ClassFile.ACC_PRIVATE) != 0)
                .flatMap(method -> method.code().stream()).flatMap(code -> code.elementList().stream())
                .map(inner -> mode(model, inner)).filter(inner -> inner != null).collect(Collectors.toSet());
    }

    private static String named(String accessor) {
        return accessor.startsWith("cas") || accessor.startsWith("getAndAdd") ? "full"
                : accessor.replaceAll(".*(?=[A-Z])", "").toLowerCase(Locale.ROOT);
    }

    private void checkCallers(String fence, Set<String> expected) {
        final Set<String> callers = fencing.getOrDefault(fence, Set.of());
        if (!callers.equals(expected)) {
            problems.add(fence + " is called by " + callers + ", not by " + new TreeSet<>(expected));
        }
    }

    /** What others can see must not come before this: a call, a store or the return. */
    private void checkNext(String method, String after, List<CodeElement> code, int from, Set<String> expected) {
        final CodeElement next = code.subList(from, code.size()).stream().filter(ClassModes::isVisible).findFirst()
                .orElseThrow();
        if (!calls(next, expected)) {
            problems.add(method + ": after " + after + " comes " + next + ", not " + expected);
        }
    }

    private static boolean isVisible(CodeElement element) {
        return element instanceof InvokeInstruction || element instanceof ReturnInstruction
                || element instanceof ThrowInstruction || element instanceof ArrayStoreInstruction
                || element instanceof FieldInstruction access && (access.opcode() == Opcode.PUTFIELD
                || access.opcode() == Opcode.PUTSTATIC);
    }

    /** Where the code goes on when the call at {@code index} has succeeded. */
    private static int success(List<CodeElement> code, int index) {
        if (code.get(index + 1) instanceof BranchInstruction branch && branch.opcode() == Opcode.IFNE) {
            final Label target = branch.target();
            for (int i = 0; i < code.size(); i++) {
                if (code.get(i) instanceof LabelTarget label && label.label().equals(target)) {
                    return i;
                }
            }
        }
        return index + 1;
    }

    private static boolean calls(CodeElement element, Set<String> names) {
        return element instanceof InvokeInstruction call && call.owner().asInternalName().startsWith(PACKAGE)
                && names.contains(call.name().stringValue());
    }
}
