// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.classfile.Opcode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The faults that the replay has to find, and some of them the trace validation, too. What no run of a model can show
 * is not among them: a weaker access mode (the weak-memory models and jcstress look for that); an exclusive writer that
 * takes the fast path for an exact fill, which then does the same.
 */
final class Faults {
    /** Faults that can show in some configurations. */
    private record Group(Predicate<ModelConstants> scope, List<Fault> faults) { }

    private static final List<Group> GROUPS = List.of(
            group(constants -> !constants.exclusive(),
                    Fault.drop("write does not copy", "RecordWriter.write", "copy", 0),
                    Fault.drop("write does not commit", "RecordWriter.write", "commit", 0),
                    Fault.branch("an append runs over the end", "SharedWriter.reserve", Opcode.IF_ICMPGE, 0,
                            Opcode.IF_ICMPGT),
                    Fault.branch("a record that fills the sub-buffer exactly does not fit", "SubBufferSwitch.reserve",
                            Opcode.IF_ICMPLE, 1, Opcode.IF_ICMPLT),
                    Fault.ignoreFailure("append although the CAS failed", "SharedWriter.reserve", "casTail"),
                    Fault.ignoreFailure("fill exactly although the CAS failed", "SubBufferSwitch.append", "casTail"),
                    Fault.ignoreFailure("open although the CAS failed", "SubBufferSwitch.open", "casTail"),
                    Fault.drop("no fence behind an append", "SharedWriter.reserve", "reservedFence", 0),
                    Fault.drop("no fence behind an opening", "SubBufferSwitch.open", "reservedFence", 0),
                    Fault.drop("an exact fill keeps the old padding", "SubBufferSwitch.append", "paddingOpaque", 0),
                    Fault.drop("a closer keeps the old padding", "SubBufferSwitch.commitPadding", "paddingOpaque", 0),
                    Fault.branch("deliver before all is committed", "SharedWriter.commit", Opcode.IF_ICMPNE, 0,
                            Opcode.IF_ICMPGT),
                    Fault.constant("a commit does not count its record", "SharedWriter.commit", 1L << 32, 0, 0L),
                    Fault.branch("padding never delivers", "SubBufferSwitch.addCommit", Opcode.IF_ICMPNE, 0,
                            Opcode.IF_ICMPEQ),
                    Fault.alwaysEqual("a loss is decided on an old tail", "SubBufferSwitch.open", 0),
                    Fault.alwaysEqual("no lap check", "SubBufferSwitch.obstacle", 0),
                    Fault.drop("a loss is not counted", "SubBufferSwitch.lost", "getAndAddLost", 0),
                    Fault.drop("the record count is not stored", "SubBufferSwitch.publish", "recordsOpaque", 0),
                    Fault.drop("the commit word is not reset", "SubBufferSwitch.publish", "commitOpaque", 0),
                    Fault.drop("a delivery looks at nobody who waits", "SubBufferSwitch.publish", "wake", 0)),
            group(constants -> !constants.exclusive() && constants.header() > 0,
                    Fault.drop("the header is not committed", "SubBufferSwitch.commitHeader", "addCommit", 0)),
            group(constants -> !constants.exclusive() && constants.fillsAtOnce(),
                    Fault.drop("an exact opening keeps the old padding", "SubBufferSwitch.open", "paddingOpaque", 0)),
            group(constants -> !constants.exclusive() && constants.aborts(),
                    Fault.drop("an aborted record keeps its bytes", "SharedWriter.abort", "fill", 0),
                    Fault.drop("an aborted record is not counted", "SharedWriter.abort", "getAndAddTally", 0),
                    Fault.drop("an aborted record is not committed", "SharedWriter.abort", "addCommit", 0)),
            group(constants -> !constants.overwrite() && constants.has("Consumers"),
                    Fault.branch("full is seen one sub-buffer late", "Window.isFull", Opcode.IFLT, 0, Opcode.IFLE),
                    Fault.alwaysEqual("the consumer takes what is not delivered", "Window.isDelivered", 0),
                    Fault.drop("what is consumed is not counted", "Window.consume", "ownDeliveredOpaque", 0)),
            group(constants -> !constants.exclusive() && constants.overwrite() && constants.has("Consumers"),
                    Fault.drop("the consumer is not pushed", "SubBufferSwitch.open", "push", 0),
                    Fault.drop("the consumer is pushed over the first one", "Window.push", "lapBefore", 0),
                    Fault.ignoreFailure("who did not push counts", "Window.moveOver", "casConsumed"),
                    Fault.drop("what is overwritten is not counted", "Window.moveOver", "getAndAddTally", 0),
                    Fault.ignoreFailure("a copy that was overwritten counts as whole", "Window.consume",
                            "casConsumed"),
                    Fault.constant("a jump ahead goes to the end", "Window.jumpAhead", 2L, 0, 1L)),
            group(constants -> constants.overwrite() && constants.has("Consumers") && constants.count() > 1,
                    Fault.ignoreFailure("a jump ahead counts although its CAS failed", "Window.jumpAhead",
                            "casConsumed"),
                    Fault.drop("a jump ahead is not counted", "Window.jumpAhead", "getAndAddTally", 0),
                    Fault.drop("a jump ahead finds nothing delivered", "Window.jumpAhead", "isDelivered", 0)),
            group(ModelConstants::waits,
                    Fault.drop("waiting is not cleared by who wakes", "SubBufferSwitch.wake", "waitingVolatile", 1),
                    Fault.drop("nobody is woken", "SubBufferSwitch.wake", "wake", 0),
                    Fault.drop("the consumer sleeps without a word", "Waiting$Asleep.poll", "waitingVolatile", 0),
                    Fault.drop("waiting is not cleared by who waited", "Waiting$Asleep.poll", "waitingVolatile", 1),
                    Fault.alwaysEqual("a look finds what is not delivered", "Consumer.look", 0)),
            group(constants -> constants.waits() && constants.has("Closers"),
                    Fault.alwaysEqual("a hang-up before all is consumed", "Window.isDrained", 1),
                    Fault.drop("a close wakes nobody", "SubBufferSwitch.hangUp", "wake", 0)),
            group(constants -> !constants.exclusive() && constants.has("Flushers"),
                    Fault.branch("a flush closes what is empty", "SubBufferSwitch.flush", Opcode.IFEQ, 0, Opcode.IFLT),
                    Fault.drop("a flush forgets the padding", "SubBufferSwitch.close", "commitPadding", 0)),
            group(constants -> !constants.exclusive() && constants.has("Closers"),
                    Fault.drop("a close forgets the padding", "SubBufferSwitch.finish", "commitPadding", 0),
                    Fault.constant("a close is not final", "SubBufferSwitch.finish", Long.MIN_VALUE, 0, 0L),
                    Fault.drop("closed is not stored", "SubBufferSwitch.hangUp", "closedVolatile", 0),
                    Fault.drop("a close settles nothing", "SubBufferSwitch.hangUp", "settle", 0),
                    Fault.drop("a delivery settles nothing", "SubBufferSwitch.publish", "settle", 0),
                    Fault.branch("a delivery settles what is not closed", "SubBufferSwitch.publish", Opcode.IFEQ, 0,
                            Opcode.IFLT),
                    Fault.alwaysEqual("what is not delivered counts as settled", "Window.isSettled", 0),
                    Fault.ignoreFailure("the memory is let go of twice", "RelayBuffer.settle", "compareAndSet")),
            group(constants -> !constants.exclusive() && constants.has("Pausers"),
                    Fault.alwaysEqual("a paused channel takes records", "SharedWriter.reserve", 0),
                    Fault.branch("a paused channel counts as closed", "SubBufferSwitch.reserve", Opcode.IFGE, 0,
                            Opcode.IFLT),
                    Fault.constant("a pause changes nothing", "SubBufferSwitch.pause", 1L << 62, 0, 0L)),
            group(constants -> constants.has("Resetters") && constants.count() > 1,
                    Fault.drop("a reset skips nothing", "Window.skipAll", "moveOver", 0),
                    Fault.alwaysEqual("a reset always gives way", "Window.skipAll", 2),
                    Fault.drop("a reset finds nothing delivered", "Window.skipAll", "isDelivered", 0)),
            group(ModelConstants::passes,
                    Fault.drop("a pass moves nothing", "Window.pass", "casConsumed", 0),
                    Fault.ignoreFailure("a pass over what was delivered meanwhile", "Window.pass", "casDelivered"),
                    Fault.alwaysEqual("a pass without a mark", "Window.pass", 0),
                    Fault.alwaysEqual("a pass over what is delivered", "Window.pass", 1),
                    Fault.branch("a pass over the open sub-buffer", "Window.isClosed", Opcode.IFEQ, 0, Opcode.IFLT),
                    Fault.drop("nobody accounts for what was passed", "SubBufferSwitch.publish", "finishPass", 0),
                    Fault.drop("who passes is not helped", "Window.finishPass", "casConsumed", 0),
                    Fault.drop("what was passed is not counted", "Window.finishPass", "getAndAddTally", 0),
                    Fault.drop("what was passed is not given back", "Window.finishPass", "deliveredVolatile", 0)),
            group(constants -> constants.has("Snapshots") && constants.overwrite(),
                    Fault.drop("a snapshot begins at the first sub-buffer", "Snapshot.each", "consumedAcquire", 0),
                    Fault.drop("a snapshot finds nothing delivered", "Snapshot.each", "isDelivered", 0),
                    Fault.branch("a snapshot keeps what is overwritten", "Snapshot.isIntact", Opcode.IFNE, 1,
                            Opcode.IFLT),
                    Fault.drop("a snapshot is validated without a fence", "Snapshot.isIntact", "copiedFence", 0)),
            group(constants -> !constants.exclusive() && constants.has("Partials") && constants.size() > 2,
                    Fault.branch("a prefix with holes", "Window.stablePrefix", Opcode.IF_ICMPNE, 0, Opcode.IF_ICMPLT)),
            group(constants -> !constants.exclusive() && constants.has("Partials") && constants.overwrite(),
                    Fault.alwaysEqual("a prefix of the lap before", "Window.stablePrefix", 0),
                    Fault.alwaysEqual("a prefix of what is closed", "Window.stablePrefix", 1),
                    Fault.alwaysEqual("a prefix is not validated", "RelayStream.advance", 0),
                    Fault.drop("a prefix is validated without a fence", "RelayStream.advance", "copiedFence", 0),
                    Fault.drop("what is read is not kept", "RelayStream.advance", "readPositionOpaque", 0)),
            group(constants -> constants.exclusive() && constants.has("Partials"),
                    Fault.branch("a prefix looks at the tail of an owner", "Window.stablePrefix", Opcode.IFEQ, 1,
                            Opcode.IFNE)),
            group(ModelConstants::exclusive,
                    Fault.branch("an owner's record that fits exactly closes first", "ExclusiveWriter.makeRoom",
                            Opcode.IF_ICMPLE, 1, Opcode.IF_ICMPLT),
                    Fault.drop("an owner opens without the tail", "ExclusiveWriter.open", "tailRelease", 0),
                    Fault.drop("an owner opens without a mark", "ExclusiveWriter.open", "max", 0),
                    Fault.drop("an owner opens without a fence", "ExclusiveWriter.open", "reservedFence", 0),
                    Fault.drop("an owner opens without onStart", "ExclusiveWriter.open", "start", 0),
                    Fault.constant("an owner does not count its record", "ExclusiveWriter.commit", 1L << 32, 0, 0L),
                    Fault.branch("an owner delivers before the end", "ExclusiveWriter.advance", Opcode.IFNE, 0,
                            Opcode.IFGT),
                    Fault.drop("an owner publishes nothing", "ExclusiveWriter.advance", "commitRelease", 0),
                    Fault.drop("an owner closes without padding", "ExclusiveWriter.close", "paddingOpaque", 0),
                    Fault.drop("an owner closes without the tail", "ExclusiveWriter.close", "tailRelease", 0),
                    Fault.drop("an owner's flush closes nothing", "ExclusiveWriter.flush", "closeOpen", 0)),
            group(constants -> constants.exclusive() && constants.overwrite(),
                    Fault.drop("an owner does not push", "ExclusiveWriter.open", "push", 0)),
            group(constants -> constants.exclusive() && constants.has("Flushers"),
                    Fault.alwaysEqual("an owner is deaf", "ExclusiveWriter.lookForRequests", 0),
                    Fault.drop("an owner is asked for nothing", "RelayBuffer.flush", "request", 0),
                    Fault.drop("an owner flushes nothing when asked", "ExclusiveWriter.obey", "closeOpen", 0)),
            group(constants -> constants.exclusive() && constants.has("Closers"),
                    Fault.drop("a close asks for nothing", "RelayBuffer.finish", "request", 0),
                    Fault.drop("an owner does not finish", "ExclusiveWriter.obey", "finish", 0),
                    Fault.constant("an owner's end is not final", "ExclusiveWriter.finish", Long.MIN_VALUE, 0, 0L),
                    Fault.drop("an owner hangs up on nobody", "ExclusiveWriter.finish", "hangUp", 0)),
            group(constants -> constants.exclusive() && constants.has("Pausers"),
                    Fault.alwaysEqual("an owner does not pause", "ExclusiveWriter.obey", 2),
                    Fault.alwaysEqual("a resume is not asked for", "RelayBuffer.request", 0)),
            group(ModelConstants::holds,
                    Fault.drop("an owner obeys while it holds a record", "ExclusiveWriter.obey", "isReserved", 0),
                    Fault.drop("an owner flushes while it holds a record", "ExclusiveWriter.flush", "isReserved", 0)),
            group(constants -> constants.holds() && constants.aborts(),
                    Fault.drop("an owner's aborted record keeps its bytes", "ExclusiveWriter.abort", "fill", 0),
                    Fault.drop("an owner's aborted record is not counted", "ExclusiveWriter.abort", "getAndAddTally",
                            0)));

    /** The same for the claims of processes. */
    private static final List<Group> CLAIMS = List.of(
            group(constants -> constants.has("Consumers"),
                    Fault.drop("a consumer claims without a beat", "Claims.claimConsumer", "consumerBeatOpaque", 1),
                    Fault.ignoreFailure("a consumer's claim that failed counts", "Claims.claimConsumer",
                            "casConsumer"),
                    Fault.alwaysEqual("any claim is void", "Claims.isVoid", 0),
                    Fault.branch("the claim of the living is void, that of the dead is not", "Claims.isVoid",
                            Opcode.IF_ACMPEQ, 0, Opcode.IF_ACMPNE),
                    Fault.alwaysEqual("a consumer gives back the claim of another", "Claims.releaseConsumer", 0),
                    Fault.drop("a claim is not given back", "Claims.releaseConsumer", "casConsumer", 0)),
            group(constants -> constants.has("Consumers") && constants.has("Hearts"),
                    Fault.alwaysEqual("a heart beats for any consumer", "Claims.beat", 0),
                    Fault.drop("a heart does not beat for its consumer", "Claims.beat", "consumerBeatOpaque", 0),
                    Fault.branch("a beat is old too late", "Beat.isFresh", Opcode.IFGE, 0, Opcode.IFGT),
                    Fault.constant("a beat is old much too late", "Beat.isFresh", 5L, 0, 6L),
                    Fault.drop("who cannot be seen does not live by its beats", "Beat.life", "isFresh", 0)),
            group(constants -> constants.has("Mappers"),
                    Fault.drop("a mapped reader enters without a beat", "Claims.claimMapped", "mappedBeatOpaque", 1),
                    Fault.ignoreFailure("an entry that another has got counts", "Claims.claimMapped", "casMapped"),
                    Fault.constant("the last entry is left out", "Claims.claimMapped", 8, 0, 7),
                    Fault.alwaysEqual("a mapped reader gives back another's entry", "Claims.releaseMapped", 0),
                    Fault.drop("an entry is not given back", "Claims.releaseMapped", "casMapped", 0)),
            group(constants -> constants.has("Watchers"),
                    Fault.alwaysEqual("an empty entry only is looked at", "Claims.mapped", 0),
                    Fault.drop("the entry of the dead is not taken away", "Claims.mapped", "casMapped", 0),
                    Fault.drop("an entry is taken for void when it is not", "Claims.mapped", "isVoid", 0)));

    /** The same for the handles of an exclusive buffer. */
    private static final List<Group> HANDLES = List.of(
            group(constants -> true,
                    Fault.branch("the handle is given to who comes second", "RelayBuffer.claim", Opcode.IFEQ, 0,
                            Opcode.IFNE),
                    Fault.alwaysEqual("a request that changes the word is not made", "RelayBuffer.request", 1),
                    Fault.ignoreFailure("a request takes its failed CAS for done", "RelayBuffer.request",
                            "casRequest"),
                    Fault.drop("the handle is given back open", "ExclusiveWriter.close", "closeOpen", 0),
                    Fault.drop("the handle is not given back", "ExclusiveWriter.close", "unclaim", 0),
                    Fault.drop("an owner does not look before it gives back", "ExclusiveWriter.close",
                            "lookForRequests", 0)),
            group(constants -> constants.has("Pausers"),
                    Fault.constant("a new owner takes a pause for obeyed", "ExclusiveWriter.<init>", -4L, 0, -2L)),
            group(constants -> constants.has("Closers"),
                    Fault.constant("a new owner takes a finish for obeyed", "ExclusiveWriter.<init>", -4L, 0, -3L),
                    Fault.alwaysEqual("a new owner does not see that it is the end", "ExclusiveWriter.<init>", 0),
                    Fault.drop("who gives back looks for no finish", "RelayBuffer.unclaim", "finishUnowned", 0),
                    Fault.drop("who asks for the end looks for no owner", "RelayBuffer.finish", "finishUnowned", 0),
                    Fault.alwaysEqual("nobody sees that a finish is asked for", "RelayBuffer.finishUnowned", 0),
                    Fault.alwaysEqual("what has ended is ended again", "RelayBuffer.finishUnowned", 1),
                    Fault.drop("the handle for the end is not given back", "RelayBuffer.finishUnowned", "close", 0)));

    /** The same for the lease of the memory. */
    private static final List<Group> LEASE = List.of(
            group(constants -> true,
                    Fault.ignoreFailure("who acquires takes its failed CAS for done", "Lease.acquire",
                            "compareAndSet"),
                    Fault.branch("a lease of nothing is given", "Lease.acquire", Opcode.IFLE, 0, Opcode.IFLT),
                    Fault.constant("who acquires is not counted", "Lease.acquire", 1, 0, 0),
                    Fault.drop("nobody lets go", "Lease.release", "decrementAndGet", 0),
                    Fault.branch("all but the last one free", "Lease.release", Opcode.IFNE, 0, Opcode.IFEQ)));

    private Faults() {
    }

    private static Group group(Predicate<ModelConstants> scope, Fault... faults) {
        return new Group(scope, Arrays.asList(faults));
    }

    /** Those that can show in a configuration. */
    static List<Fault> of(ModelConstants constants) {
        return groups(constants).stream().filter(group -> group.scope().test(constants))
                .flatMap(group -> group.faults().stream()).toList();
    }

    private static List<Group> groups(ModelConstants constants) {
        return switch (constants.module()) {
            case ModelConstants.CLAIMS -> CLAIMS;
            case ModelConstants.HANDLES -> HANDLES;
            case ModelConstants.LEASE -> LEASE;
            default -> GROUPS;
        };
    }

    /** All of them, by name. */
    static Stream<String> names() {
        return Stream.of(GROUPS, CLAIMS, HANDLES, LEASE).flatMap(List::stream).flatMap(group -> group.faults().stream())
                .map(Fault::name);
    }
}
