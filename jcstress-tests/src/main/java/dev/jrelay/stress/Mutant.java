// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static dev.jrelay.stress.Edit.WRITE_BYTES;
import static dev.jrelay.stress.Edit.added;
import static dev.jrelay.stress.Edit.before;
import static dev.jrelay.stress.Edit.branch;
import static dev.jrelay.stress.Edit.code;
import static dev.jrelay.stress.Edit.later;
import static dev.jrelay.stress.Edit.mode;
import static dev.jrelay.stress.Edit.plainField;
import static dev.jrelay.stress.Edit.signature;
import static dev.jrelay.stress.Edit.twoSteps;
import static dev.jrelay.stress.Edit.type;
import static dev.jrelay.stress.Edit.without;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ConstantDescs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weakened mutants: the shipped bytecode with one step changed, and the test that has to notice. A mutant is a
 * folder of rewritten classes in front of {@code jcstress.jar} on the class path; the jar itself stays as it is.
 *
 * <p>{@link Expectation#SHOWN} mutants must give a forbidden outcome, those marked {@code quick} within seconds, as
 * part of {@code mvn verify}. What x86 cannot show says why, and names the weak-memory model of {@code spec/} that
 * shows it; it is run all the same, for the record.
 */
enum Mutant {
    // ---- atomic steps taken apart ------------------------------------------------------------------------------
    CAS_TAIL_IN_TWO_STEPS("M2", "casTail reads, compares, then stores", "ReserveAgainstReserve.SameSubBuffer", true,
            twoSteps("ControlWords", "casTail", "compareAndSet")),
    CAS_TAIL_IN_TWO_STEPS_FLUSH("M2", "the same, seen by two flushes", "FlushAgainstFlush.TwoFlushers", false,
            twoSteps("ControlWords", "casTail", "compareAndSet")),
    CAS_TAIL_IN_TWO_STEPS_CLOSE("M2", "the same, seen by a close", "Close.AgainstWrite", false,
            twoSteps("ControlWords", "casTail", "compareAndSet")),
    CAS_TAIL_IN_TWO_STEPS_PAUSE("M2", "the same, seen by a pause", "Pause.AgainstWrite", false,
            twoSteps("ControlWords", "casTail", "compareAndSet")),
    CAS_TAIL_IN_TWO_STEPS_TICKER("M2", "the same, seen by the ticker", "FlushAgainstWrite.Ticking", false,
            twoSteps("ControlWords", "casTail", "compareAndSet")),
    COMMIT_IN_TWO_STEPS("M5", "getAndAddCommit reads, then stores", "CommitCompletesLap.TwoCommitters", false,
            twoSteps("ControlWords", "getAndAddCommit", "getAndAdd")),
    COMMIT_IN_TWO_STEPS_HEADER("M5", "the same, seen by the header's lap", "HeaderAgainstAppender.OnStart", true,
            twoSteps("ControlWords", "getAndAddCommit", "getAndAdd")),
    CAS_CONSUMED_IN_TWO_STEPS("M13", "casConsumed reads, compares, then stores", "Reset.AgainstConsumer", true,
            twoSteps("ControlWords", "casConsumed", "compareAndSet")),
    CAS_CONSUMED_IN_TWO_STEPS_OVERWRITE("M13", "the same, seen by the overwriting writer", "OverwriteAgainstTake.Take",
            false, twoSteps("ControlWords", "casConsumed", "compareAndSet")),
    CAS_REQUEST_IN_TWO_STEPS("M18", "casRequest reads, compares, then stores", "Exclusive.TwoRequests", true,
            twoSteps("RelayBuffer", "casRequest", "compareAndSet")),
    COUNTER_IN_TWO_STEPS("M19", "getAndAddLost reads, then stores", "LossCounters.Full", false,
            twoSteps("ControlWords", "getAndAddLost", "getAndAdd")),
    CLAIM_IN_TWO_STEPS("M21", "casMapped reads, compares, then stores", "ClaimsAndLease.TwoMappedReaders", true,
            twoSteps("ControlWords", "casMapped", "compareAndSet")),
    LEASE_ACQUIRE_IN_TWO_STEPS("M25", "Lease.acquire reads, compares, then stores",
            "ClaimsAndLease.LeaseAgainstRelease", false, twoSteps("Lease", "acquire", "compareAndSet")),
    LEASE_RELEASE_IN_TWO_STEPS("M25", "Lease.release reads, then stores", "ClaimsAndLease.TwoReleases", true,
            twoSteps("Lease", "release", "decrementAndGet")),
    CHANNEL_CLOSE_IN_TWO_STEPS("M26", "Channel.close reads closed, then stores", "ClaimsAndLease.TwoCloses", false,
            twoSteps("Channel", "close", "compareAndSet")),

    // ---- store before load: what x86 itself reorders ------------------------------------------------------------
    DELIVER_IN_TWO_STEPS("M11", "casDelivered reads, compares, then stores, and x86 buffers that store",
            "WakeUp.Delivery", false, twoSteps("ControlWords", "casDelivered", "compareAndSet")),
    DELIVER_IN_TWO_STEPS_SETTLE("M11", "the same, seen by a close", "Settle.DeliveryAgainstHangUp", false,
            twoSteps("ControlWords", "casDelivered", "compareAndSet")),
    PASSED_FREED_RELEASE("M31", "deliveredVolatile(int, long) is a release store", "Settle.PassedAgainstHangUp",
            false, mode("ControlWords", "deliveredVolatile(IJ)V", "setVolatile", "setRelease")),
    SET_WAITING_RELEASE("M15", "waitingVolatile(long) is a release store", "WakeUp.Delivery", false,
            mode("ControlWords", "waitingVolatile(J)V", "setVolatile", "setRelease")),
    STORE_CLOSED_RELEASE("M16", "closedVolatile(long) is a release store", "WakeUp.HangUp", true,
            mode("ControlWords", "closedVolatile(J)V", "setVolatile", "setRelease")),
    STORE_CLOSED_RELEASE_SETTLE("M16", "the same, seen by the last commit", "Settle.DeliveryAgainstHangUp", false,
            mode("ControlWords", "closedVolatile(J)V", "setVolatile", "setRelease")),

    // ---- steps in another order, or left out ---------------------------------------------------------------------
    LOOK_BEFORE_WAITING("M15", "poll looks, then sets waiting, then sleeps", "WakeUp.Asleep", false,
            later("Waiting$Asleep", "poll", "waitingVolatile", "look")),
    REFUSE_WITHOUT_RECHECK("M1", "open does not read the tail again before it refuses",
            "ReserveAgainstReserve.Refusal", false,
            code("SubBufferSwitch", "open", "tailAcquire", code -> code.pop().lload(1))),
    FULL_OFF_BY_ONE("M12", "isFull lets one sub-buffer too many be opened", "ConsumeAgainstReserve.LastFree", true,
            branch("Window", "isFull", Opcode.IFLT, Opcode.IFLE)),
    CONSUME_UNDELIVERED("M10", "subBuffersConsumed does not ask which sub-buffers were found delivered",
            "ConsumeAgainstReserve.OverReport", false, code("Consumer", "subBuffersConsumed", "min", CodeBuilder::pop)),
    PADDING_AFTER_COMMIT("M8", "the closer stores the padding after its commit", "DeliveryAgainstConsumer.Flushed",
            false, later("SubBufferSwitch", "commitPadding", "paddingOpaque", "addCommit")),
    OPENER_CLEARS_PADDING("M8", "the opener, not the closer, stores padding 0",
            "CloseAgainstAppend.OpenerAgainstCloser", false,
            without("SubBufferSwitch", "append", "paddingOpaque"),
            before("SubBufferSwitch", "open", "start", Mutant::clearPadding)),
    RECORDS_AFTER_DELIVERY("M9", "the deliverer stores the record count after the delivery",
            "DeliveryAgainstConsumer.Content", false,
            later("SubBufferSwitch", "publish", "recordsOpaque", "wake")),
    RESET_AFTER_DELIVERY("M7", "the deliverer resets the commit word after delivery and wake-up",
            "CommitCompletesLap.NextLap", false,
            later("SubBufferSwitch", "publish", "commitOpaque", "wake")),
    COMMIT_BEFORE_COPY("M5", "write commits, then copies", "DeliveryAgainstConsumer.Content", true,
            without("RecordWriter", WRITE_BYTES, "commit"),
            before("RecordWriter", WRITE_BYTES, "copy", Mutant::commit)),
    COMMIT_BEFORE_COPY_BEHIND("M5", "the same, behind another record", "PartialRead.Behind", false,
            without("RecordWriter", WRITE_BYTES, "commit"),
            before("RecordWriter", WRITE_BYTES, "copy", Mutant::commit)),
    COMMIT_BEFORE_COPY_EXCLUSIVE("M30", "the same, by an exclusive writer", "Exclusive.AgainstPartialRead", false,
            without("RecordWriter", WRITE_BYTES, "commit"),
            before("RecordWriter", WRITE_BYTES, "copy", Mutant::commit)),
    OPEN_WITHOUT_TAIL("M3", "an exclusive writer does not store the tail when it opens", "Exclusive.AgainstSnapshot",
            false, without("ExclusiveWriter", "open", "tailRelease")),
    HEADER_UNCOMMITTED("M5", "the opener does not commit the header", "HeaderAgainstAppender.OnStart", true,
            without("SubBufferSwitch", "open", "commitHeader")),
    REQUEST_UNSEEN("M17", "an exclusive writer does not look at the requests",
            "Exclusive.FlushRequest", true,
            code("ExclusiveWriter", "lookForRequests", "requestAcquire", Mutant::obeyed)),
    REQUEST_UNSEEN_HELD("M17", "the same, with a reservation open", "Exclusive.FlushHeld", true,
            code("ExclusiveWriter", "lookForRequests", "requestAcquire", Mutant::obeyed)),
    GIVEN_BACK_OPEN("M3", "an exclusive writer gives the buffer back before it closes its sub-buffer",
            "Exclusive.HandedOver", false,
            before("ExclusiveWriter", "close()V", "closeOpen", Mutant::unclaim)),
    GIVEN_BACK_BLINDLY("M18", "who gives a buffer back does not look whether it is to be finished",
            "Exclusive.GivenBackAgainstClose", false, without("RelayBuffer", "unclaim", "finishUnowned")),
    CAS_DELIVERED_IN_TWO_STEPS("M11", "casDelivered reads, compares, then stores, seen by who passes",
            "PassAgainstDelivery.Account", true, twoSteps("ControlWords", "casDelivered", "compareAndSet")),
    PASSED_UNCOUNTED("M11", "the deliverer does not count what was passed", "PassAgainstDelivery.Account", true,
            without("Window", "finishPass", "getAndAddTally")),
    PASS_FREES_THE_SLOT("M11", "who passes stores q + 1, as if it were delivered", "PassAgainstDelivery.Reuse", true,
            code("Window", "pass", "casDelivered", Mutant::passAsDelivered)),
    SETTLE_IN_TWO_STEPS("M25", "settle reads, compares, then stores", "Settle.TwoCommits", false,
            twoSteps("RelayBuffer", "settle", "compareAndSet")),
    SETTLE_AT_CLOSE("M27", "isSettled does not ask whether the sub-buffers are delivered",
            "Settle.CommitAgainstClose", true, code("Window", "isSettled", "deliveredVolatile", Mutant::delivered)),
    FREE_AT_CLOSE("M27", "the same, with real memory", "LateWriter.CommitAgainstClose", false,
            code("Window", "isSettled", "deliveredVolatile", Mutant::delivered)),
    FREED_WITHOUT_MOVE("M29", "the words do not move to the heap before their memory is freed",
            "LateWriter.WriteAgainstFree", false, without("Channel", "free", "forEach")),
    MOVED_WITHOUT_WRITER("M29", "the writer is not told where the words are", "LateWriter.WriteAgainstFree", false,
            without("RelayBuffer", "moveToHeap", "follow")),
    CONSUME_UNVALIDATED("M13", "the overwrite consumer takes its copy for valid whatever the CAS says",
            "OverwriteAgainstTake.Take", true,
            code("Window", "consume", "casConsumed", code -> code
                    .invokevirtual(type("ControlWords"), "casConsumed", signature("(JJ)Z")).pop().iconst_1())),
    OPEN_WITHOUT_PUSH("M13", "the opener does not push consumed", "OverwriteAgainstTake.Take", true,
            without("SubBufferSwitch", "open", "push")),
    SNAPSHOT_UNVALIDATED("M14", "a snapshot does not look at the tail after its copy",
            "OverwriteAgainstSnapshot.TakeSnapshot", false,
            code("Snapshot", "isIntact", "copiedFence", code -> code.pop().iconst_1().ireturn())),
    READ_UNVALIDATED("M14", "a partial read does not look at consumed after its copy", "PartialRead.Overwritten",
            false, code("RelayStream", "advance", "consumedAcquire", code -> code.pop().lload(1))),
    READ_UNVALIDATED_EXCLUSIVE("M14", "the same, of an exclusive buffer", "Exclusive.PartialOverwritten", false,
            code("RelayStream", "advance", "consumedAcquire", code -> code.pop().lload(1))),
    PREFIX_WITHOUT_TAIL("M6", "the stable prefix is what is committed, whatever is reserved", "PartialRead.Holes",
            false,
            code("Window", "stablePrefix", "tailAcquire", code -> code.pop().lload(4).lreturn())),
    PREFIX_WITHOUT_LAP("M6", "the stable prefix does not ask which lap the commit word is of",
            "PartialRead.LapBefore", false,
            code("Window", "stablePrefix", "deliveredAcquire", Mutant::lapBefore)),

    // ---- what x86 cannot show: every load is an acquire, every store a release, a locked operation full ------------
    LOAD_TAIL_OPAQUE("M1", "tailAcquire is opaque", "ExactFill.TwoWriters", "WMOverwrite_M1a_opaque",
            mode("ControlWords", "tailAcquire", "getAcquire", "getOpaque")),
    CAS_TAIL_PLAIN("M2", "casTail has no ordering", "DeliveryAgainstConsumer.Content",
            "none alone: M2 release passes; with M1 weakened WMTransfer_M1a_opaque_M2_release",
            mode("ControlWords", "casTail", "compareAndSet", "weakCompareAndSetPlain"),
            added("compareAndSet", "weakCompareAndSetPlain")),
    STORE_TAIL_OPAQUE("M3", "tailRelease is opaque", "Exclusive.AgainstSnapshot",
            "none alone: M3 opaque passes; with M12 weakened WMExclusive_M3_opaque_M12b_opaque",
            mode("ControlWords", "tailRelease", "setRelease", "setOpaque")),
    OPEN_WITHOUT_FENCE("M4", "no store-store fence after the opening CAS", "OverwriteAgainstSnapshot.TakeSnapshot",
            "WMOverwrite_M4a_none", code("ControlWords", "reservedFence", "storeStoreFence", code -> { })),
    COMMIT_RELEASE("M5", "getAndAddCommit is release only", "DeliveryAgainstConsumer.TwoWriters",
            "WMTransfer_M5_release", mode("ControlWords", "getAndAddCommit", "getAndAdd", "getAndAddRelease"),
            added("getAndAdd", "getAndAddRelease")),
    COMMIT_ACQUIRE("M5", "getAndAddCommit is acquire only", "DeliveryAgainstConsumer.TwoWriters",
            "WMTransfer_M5_acquire", mode("ControlWords", "getAndAddCommit", "getAndAdd", "getAndAddAcquire"),
            added("getAndAdd", "getAndAddAcquire")),
    LOAD_COMMIT_OPAQUE("M6", "commitAcquire is opaque", "PartialRead.Holes", "WMPartial_M6_opaque",
            mode("ControlWords", "commitAcquire", "getAcquire", "getOpaque")),
    RESET_COMMIT_PLAIN("M7", "commitOpaque is plain", "CommitCompletesLap.NextLap",
            "none: a data race of one store, which the JMM lets tear or repeat; its order is WMTransfer_M7a_late",
            mode("ControlWords", "commitOpaque", "setOpaque", "set"), added("setOpaque", "set")),
    PADDING_PLAIN("M8", "paddingOpaque is plain", "DeliveryAgainstConsumer.Flushed",
            "none: as M7; its order is WMTransfer_M8_late",
            mode("ControlWords", "paddingOpaque(I)J", "getOpaque", "get"),
            mode("ControlWords", "paddingOpaque(IJ)V", "setOpaque", "set"),
            added("getOpaque", "get"), added("setOpaque", "set")),
    RECORDS_PLAIN("M9", "recordsOpaque is plain", "DeliveryAgainstConsumer.Content",
            "none: as M7; its order is WMTransfer_M9_late",
            mode("ControlWords", "recordsOpaque(I)J", "getOpaque", "get"),
            mode("ControlWords", "recordsOpaque(IJ)V", "setOpaque", "set"),
            added("getOpaque", "get"), added("setOpaque", "set")),
    LOAD_DELIVERED_OPAQUE("M10", "deliveredAcquire is opaque", "DeliveryAgainstConsumer.Content",
            "WMTransfer_M10b_opaque", mode("ControlWords", "deliveredAcquire", "getAcquire", "getOpaque")),
    DELIVER_PLAIN("M11", "casDelivered has no ordering", "DeliveryAgainstConsumer.Content", "WMTransfer_M11a_opaque",
            mode("ControlWords", "casDelivered", "compareAndSet", "weakCompareAndSetPlain"),
            added("compareAndSet", "weakCompareAndSetPlain")),
    LOAD_CONSUMED_OPAQUE("M12", "consumedAcquire is opaque", "ConsumeAgainstReserve.LastFree",
            "WMTransfer_M12a_opaque", mode("ControlWords", "consumedAcquire", "getAcquire", "getOpaque")),
    CAS_CONSUMED_PLAIN("M13", "casConsumed has no ordering", "OverwriteAgainstTake.Take", "WMOverwrite_M13a_acquire",
            mode("ControlWords", "casConsumed", "compareAndSet", "weakCompareAndSetPlain"),
            added("compareAndSet", "weakCompareAndSetPlain")),
    COPY_WITHOUT_FENCE("M14", "no acquire fence after a copy", "OverwriteAgainstSnapshot.TakeSnapshot",
            "WMOverwrite_M14a_none", code("ControlWords", "copiedFence", "acquireFence", code -> { })),
    LOAD_WAITING_ACQUIRE("M15", "waitingVolatile() is an acquire load: on x86 the same instruction",
            "WakeUp.Delivery", "WMWake_M15a_acquire",
            mode("ControlWords", "waitingVolatile()J", "getVolatile", "getAcquire")),
    LOAD_CLOSED_ACQUIRE("M16", "closedVolatile() is an acquire load: on x86 the same instruction", "WakeUp.HangUp",
            "WMWake_M16b_acquire", mode("ControlWords", "closedVolatile()J", "getVolatile", "getAcquire")),
    LOAD_REQUEST_OPAQUE("M17", "requestAcquire is opaque", "Exclusive.FlushRequest", "WMExclusive_M17_opaque",
            mode("RelayBuffer", "requestAcquire", "getAcquire", "getOpaque")),
    COUNTERS_PLAIN("M20", "lostOpaque and the consumer's own counters are plain", "LossCounters.Full",
            "none: a statistic, ordered by whatever makes the moment quiet",
            mode("ControlWords", "lostOpaque", "getOpaque", "get"), mode("ControlWords", "addOwn", "setOpaque", "set"),
            added("getOpaque", "get"), added("setOpaque", "set")),
    SLEEPER_PLAIN("M22", "Waiter.sleeper is a plain field", "WakeUp.Asleep",
            "none: waiting orders it; volatile is for a waiting word that a foreign process has set",
            plainField("Waiter", "sleeper")),
    MAGIC_OPAQUE("M23", "the magic is stored and loaded opaque", "MappedMemory.Publication",
            "none: message passing as in WMTransfer_M11a_opaque",
            mode("ControlPage", "publish", "setRelease", "setOpaque"),
            mode("ControlPage", "read", "getAcquire", "getOpaque")),
    LOAD_DELIVERED_AGAIN_ACQUIRE("M27", "deliveredVolatile(int) is an acquire load: on x86 the same instruction",
            "WakeUp.Delivery", "WMWake_M10e_acquire",
            mode("ControlWords", "deliveredVolatile(I)J", "getVolatile", "getAcquire")),
    MOVED_OPAQUE("M29", "the array of the moved words is stored and loaded opaque", "LateWriter.WriteAgainstFree",
            "none: message passing as in WMTransfer_M11a_opaque",
            mode("Words", "moveToHeap", "setRelease", "setOpaque"), mode("Words", "follow", "setRelease", "setOpaque"),
            mode("Words", "moved", "getAcquire", "getOpaque")),
    STORE_COMMIT_OPAQUE("M30", "commitRelease is opaque", "Exclusive.AgainstPartialRead", "WMExclusive_M30_opaque",
            mode("ControlWords", "commitRelease", "setRelease", "setOpaque"));

    /** What a run of the mutant has to show. */
    enum Expectation { SHOWN, NOT_ON_X86 }

    final String row;
    final String change;
    final String test;
    final Expectation expectation;
    final boolean quick;
    /** The weak-memory model that shows what x86 does not; null if x86 shows it. */
    final String model;
    private final List<Edit> edits;

    Mutant(String row, String change, String test, boolean quick, Edit... edits) {
        this.row = row;
        this.change = change;
        this.test = test;
        this.expectation = Expectation.SHOWN;
        this.quick = quick;
        this.model = null;
        this.edits = List.of(edits);
    }

    Mutant(String row, String change, String test, String model, Edit... edits) {
        this.row = row;
        this.change = change;
        this.test = test;
        this.expectation = Expectation.NOT_ON_X86;
        this.quick = false;
        this.model = model;
        this.edits = List.of(edits);
    }

    /** Writes the rewritten classes below {@code folder}, which then goes in front of the jar on the class path. */
    void write(Path folder) throws IOException {
        for (final Map.Entry<String, byte[]> changed : classes().entrySet()) {
            final Path file = folder.resolve("dev/jrelay/" + changed.getKey() + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, changed.getValue());
        }
    }

    /** The rewritten classes by simple name. */
    Map<String, byte[]> classes() throws IOException {
        final Map<String, byte[]> classes = new LinkedHashMap<>();
        for (final Edit edit : edits) {
            byte[] before = classes.get(edit.className());
            if (before == null) {
                before = shipped(edit.className());
            }
            classes.put(edit.className(), edit.apply(before));
        }
        return classes;
    }

    private static byte[] shipped(String simpleName) throws IOException {
        final String name = "dev/jrelay/" + simpleName + ".class";
        try (InputStream in = Mutant.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + ": not on the class path");
            }
            return in.readAllBytes();
        }
    }

    /** {@code words.paddingOpaque(geometry.slot(sequence), 0)} in {@code SubBufferSwitch.open}: sequence is local 4. */
    private static void clearPadding(CodeBuilder code) {
        code.aload(0).getfield(type("SubBufferSwitch"), "words", type("ControlWords"))
                .aload(0).getfield(type("SubBufferSwitch"), "geometry", type("Geometry")).lload(4)
                .invokevirtual(type("Geometry"), "slot", signature("(J)I")).lconst_0()
                .invokevirtual(type("ControlWords"), "paddingOpaque", signature("(IJ)V"));
    }

    /** {@code commit(position, length)} in {@code RecordWriter.write}: length is local 3, position 4. */
    private static void commit(CodeBuilder code) {
        code.aload(0).lload(4).iload(3).invokevirtual(type("RecordWriter"), "commit", signature("(JI)V"));
    }

    /** In place of what is requested, what was carried out: in {@code ExclusiveWriter.lookForRequests}. */
    private static void obeyed(CodeBuilder code) {
        code.pop().aload(0).getfield(type("ExclusiveWriter"), "obeyed", ConstantDescs.CD_long);
    }

    /** {@code buffer.unclaim()} in {@code ExclusiveWriter.close}. */
    private static void unclaim(CodeBuilder code) {
        code.aload(0).getfield(type("ExclusiveWriter"), "buffer", type("RelayBuffer"))
                .invokevirtual(type("RelayBuffer"), "unclaim", signature("()V"));
    }

    /** In place of what is delivered, what is expected: in {@code Window.stablePrefix(sequence)}. */
    private static void lapBefore(CodeBuilder code) {
        code.pop2().aload(0).getfield(type("Window"), "geometry", type("Geometry")).dup().lload(1)
                .invokevirtual(type("Geometry"), "lapBefore", signature("(J)J"))
                .invokevirtual(type("Geometry"), "after", signature("(J)J"));
    }

    /** In place of what is delivered, what is expected: in {@code Window.isSettled}, where sequence is local 4. */
    private static void delivered(CodeBuilder code) {
        code.pop2().aload(0).getfield(type("Window"), "geometry", type("Geometry")).lload(4)
                .invokevirtual(type("Geometry"), "after", signature("(J)J"));
    }

    /** In place of the mark, what a deliverer stores: in {@code Window.pass}, where sequence is local 1. */
    private static void passAsDelivered(CodeBuilder code) {
        code.pop2().aload(0).getfield(type("Window"), "geometry", type("Geometry")).lload(1)
                .invokevirtual(type("Geometry"), "after", signature("(J)J"))
                .invokevirtual(type("ControlWords"), "casDelivered", signature("(IJJ)Z"));
    }
}
