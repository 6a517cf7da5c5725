// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What the model says of the next call of a process: its pc names the action, its local variables the arguments.
 * Numbers are the kernel's.
 */
record Expected(String action, Arguments arguments) {
    /** The first arguments of the main call, as far as they are determined here. */
    record Arguments(List<Long> values) {
        static final Arguments ANY = of();

        static Arguments of(long... values) {
            return new Arguments(LongStream.of(values).boxed().toList());
        }

        boolean allow(Coroutine call) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) != call.argument(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Other threads ask the owner of an exclusive buffer for what they do to a shared one themselves. */
    private static final String REQUESTING = "Requesting";
    private static final Set<String> REQUESTS = Set.of("FlushLoadTail", "CloseLoadTail", "PauseLoadTail",
            "ResumeLoadTail");
    private static final long RECORD = 1L << 32;

    /** Reads the local variables of one process. */
    private record Local(ModelConstants constants, Kernel words, String process, Map<?, ?> values) {
        int number(String record, String field) {
            return (Integer) ((Map<?, ?>) values.get(record)).get(field);
        }

        int delta(String field) {
            return constants.delta((Integer) values.get(field));
        }

        int loaded() {
            return constants.delta(number("loaded", "q"));
        }

        int own() {
            return constants.delta(number("own", "q"));
        }

        long tail() {
            final Map<?, ?> loaded = (Map<?, ?>) values.get("loaded");
            return words.tail(loaded(), constants.scale() * (Integer) loaded.get("off"), (Boolean) loaded.get("fin"),
                    (Boolean) loaded.get("paused"));
        }

        String kind() {
            return (String) ((Map<?, ?>) values.get("own")).get("kind");
        }

        int message() {
            return (Integer) values.get("msg");
        }

        long bytes(String record, String field) {
            return (long) constants.scale() * number(record, field);
        }

        long messageBytes() {
            return (long) constants.scale() * constants.lengths(process).get(message() - 1);
        }

        Arguments move(int delta, int count) {
            return Arguments.of(words.sequence(delta), words.sequence(delta + count));
        }

        /** A CAS on {@code delivered} of the slot that a sub-buffer is written in. */
        Arguments casDelivered(int delta, long next) {
            return Arguments.of(words.slot(delta), words.sequence(lap(delta)), next);
        }

        int lap(int delta) {
            return delta + 1 - constants.count();
        }

        Arguments commit(boolean isRecord) {
            return Arguments.of(words.slot(own()), (isRecord ? RECORD : 0L) + bytes("own", "len"));
        }

        Arguments tally(String fate, long subBuffers) {
            return Arguments.of(words.counter(fate), subBuffers, number("got", "records"), bytes("got", "bytes"));
        }

        Arguments ownPadding() {
            return Arguments.of(words.slot(own()),
                    (long) constants.scale() * (constants.size() - number("loaded", "off")));
        }

        /** What an exclusive owner's commit word holds. */
        Arguments committed() {
            return Arguments.of(words.commitOffset(words.slot(loaded())),
                    number("got", "records") * RECORD + bytes("loaded", "off"));
        }
    }

    /** What process {@code process} does next. */
    static Expected of(ModelConstants constants, Kernel words, String process, String pc, Map<?, ?> values) {
        if (constants.exclusive() && REQUESTS.contains(pc)) {
            return new Expected(REQUESTING, Arguments.ANY);
        }
        final Local local = new Local(constants, words, process, values);
        return new Expected(pc, !constants.isExact() ? Arguments.ANY : switch (pc) {
                case "OpenCas", "AppendCas", "CloseCas", "FlushCas", "FinalizeCas", "PauseCas", "ResumeCas" ->
                    Arguments.of(local.tail());
                case "LoadDelivered" -> Arguments.of(words.slot(local.loaded()));
                case "TakeLoadDelivered", "ResetLoadDelivered", "PassLoadDelivered", "SnapLoadDelivered",
                        "PartialLoadDelivered", "PartialLoadCommit" -> Arguments.of(words.slot(local.delta("seen")));
                case "SkipLoadDelivered" ->
                    Arguments.of(words.slot(local.delta("seen") + local.number("got", "subbufs")));
                case "SettleLoadDelivered" ->
                    Arguments.of(words.slot(local.delta("bound") - (Integer) values.get("rounds")));
                case "PushConsumed" -> local.move(local.loaded() - constants.count(), 1);
                case "ConsumeCas", "ResetCas", "PassConsumeCas" -> local.move(local.delta("seen"), 1);
                case "HelpPass" -> local.move(local.own(), 1);
                case "SkipCas" -> local.move(local.delta("seen"), local.number("got", "subbufs"));
                case "StorePadding" -> Arguments.of(words.slot(local.own()),
                        "padding".equals(local.kind()) ? local.bytes("own", "len") : 0L);
                case "StoreOwnPadding" -> local.ownPadding();
                case "Commit" -> local.commit(!constants.aborts(process, local.message()));
                case "CommitPadding" -> local.commit(false);
                case "CommitHeader" -> Arguments.of(words.slot(local.own()),
                        (long) constants.scale() * constants.header());
                case "StoreCommit" -> local.committed();
                case "StoreRecords" -> Arguments.of(words.slot(local.own()), local.number("got", "records"));
                case "ResetCommit" -> Arguments.of(words.slot(local.own()), 0L);
                case "Deliver" -> local.casDelivered(local.own(), words.sequence(local.own() + 1));
                case "PassCas" -> local.casDelivered(local.delta("seen"), words.passed(local.lap(local.delta("seen"))));
                case "DeliverPassed" -> Arguments.of(words.slot(local.own()), words.sequence(local.own() + 1));
                case "OpenStore" -> Arguments.of(words.tail(local.loaded(),
                        Visible.offset(constants, Math.max(constants.header(), 1)), false, false));
                case "StoreSwitchedTail" -> Arguments.of(words.tail(local.own() + 1, 0,
                        "finish".equals(local.kind()), false));
                case "StoreFinalTail" -> Arguments.of(words.tail(local.loaded(), 0, true, false));
                case "OnStart", "OnEnd" -> Arguments.of(words.sequence(local.own()));
                case "WriteData" -> Arguments.of(words.position(local.own(), (int) local.bytes("own", "off")),
                        local.bytes("own", "len"));
                case "CountLost" -> Arguments.of(words.counter((String) values.get("cause")), local.messageBytes());
                case "CountOverwritten" -> local.tally("OVERWRITTEN", 1L);
                case "CountSkipped" -> local.tally("SKIPPED", local.number("got", "subbufs"));
                case "CountPassed" -> Arguments.of(words.counter("SKIPPED"), 1L, local.number("got", "records"));
                case "CountAborted" -> Arguments.of(words.counter("ABORTED"), 0L, 1L, local.messageBytes());
                case "CountDelivered" -> Arguments.of(local.number("got", "records"), local.bytes("got", "bytes"));
                case "ReadData" -> Arguments.of(words.sequence(local.delta("seen")));
                case "StoreClosed", "SetWaiting" -> Arguments.of(1L);
                case "Wake", "ClearWaiting" -> Arguments.of(0L);
                default -> Arguments.ANY;
            });
    }
}
