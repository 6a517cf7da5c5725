// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.classfile.Opcode;
import java.util.List;
import java.util.stream.Stream;

/** The faults that the replay and the trace validation have to find. */
final class Faults {
    private static final List<Fault> BOTH_MODES = List.of(
            Fault.branch("a record that fills the sub-buffer exactly does not fit",
                    "SubBufferSwitch.switchOrFill", Opcode.IF_ICMPLE, 0, Opcode.IF_ICMPLT),
            Fault.ignoreFailure("append although the CAS failed", "SubBufferSwitch.append", "casTail"),
            Fault.branch("deliver before all is committed", "SubBufferSwitch.addCommit", Opcode.IF_ICMPNE, 0,
                    Opcode.IF_ICMPGT),
            Fault.branch("padding never delivers", "SubBufferSwitch.addCommit", Opcode.IF_ICMPNE, 0, Opcode.IF_ICMPEQ),
            Fault.drop("the commit word is not reset", "SubBufferSwitch.deliver", "commitOpaque", 0),
            Fault.drop("the record count is not stored", "SubBufferSwitch.deliver", "recordsOpaque", 0),
            Fault.constant("delivered is one too small", "SubBufferSwitch.deliver", 1L, 0, 0L),
            Fault.alwaysEqual("a loss is decided on an old tail", "SubBufferSwitch.open", 1),
            Fault.drop("a delivery looks at nobody who waits", "SubBufferSwitch.deliver", "wake", 0),
            Fault.constant("a commit does not count its record", "SubBufferSwitch.commit", 1L, 0, 0L),
            Fault.constant("padding counts as a record", "SubBufferSwitch.commitPadding", 0L, 0, 1L));

    private static final List<Fault> NO_OVERWRITE = List.of(
            Fault.branch("full is seen one sub-buffer late", "SubBufferSwitch.isFull",
                    Opcode.IFLT, 0, Opcode.IFLE),
            Fault.alwaysEqual("the consumer takes what is not delivered", "Consumer.isDelivered", 0));

    private static final List<Fault> OVERWRITE = List.of(
            Fault.alwaysEqual("no lap check", "SubBufferSwitch.obstacle", 0),
            Fault.drop("the consumer is not pushed", "SubBufferSwitch.open", "pushConsumed", 0),
            Fault.constant("the consumer is pushed too far", "SubBufferSwitch.pushConsumed", 1L, 0, 2L),
            Fault.ignoreFailure("a copy that was overwritten counts as whole", "Consumer.consume", "casConsumed"));

    private static final List<Fault> WAITING = List.of(
            Fault.drop("waiting is not cleared by who wakes", "SubBufferSwitch.wake", "waitingVolatile", 1),
            Fault.drop("nobody is woken", "SubBufferSwitch.wake", "wake", 0));

    private Faults() {
    }

    /** Those that can show in a configuration. */
    static List<Fault> of(ModelConstants constants) {
        if (Boolean.getBoolean("nofaults")) return List.of(); return Stream.of(BOTH_MODES, constants.overwrite() ? OVERWRITE : NO_OVERWRITE,
                constants.waits() ? WAITING : List.<Fault>of()).flatMap(List::stream).toList();
    }
}
