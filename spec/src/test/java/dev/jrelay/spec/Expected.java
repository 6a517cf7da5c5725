// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.Map;

/**
 * What the model says of the next call of a process: its pc names the action, its local variables the arguments.
 * Numbers are the kernel's.
 */
record Expected(String pc, Arguments arguments) {
    /** The arguments of the main call; null in place of one that is not determined here. */
    record Arguments(Long a, Long b) {
        static final Arguments ANY = new Arguments(null, null);

        boolean allow(long first, long second) {
            return (a == null || a == first) && (b == null || b == second);
        }

        private static Arguments of(long a) {
            return new Arguments(a, null);
        }

        private static Arguments of(long a, long b) {
            return new Arguments(a, b);
        }
    }

    /** Reads the local variables of one process. */
    private record Local(ModelConstants constants, Kernel words, Map<?, ?> values) {
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

        boolean isPadding() {
            return "padding".equals(((Map<?, ?>) values.get("own")).get("kind"));
        }

        long bytes(String record, String field) {
            return (long) constants.scale() * number(record, field);
        }

        Arguments move(int delta, int count) {
            return Arguments.of(words.sequence(delta), words.sequence(delta + count));
        }

        Arguments commit(boolean aborted) {
            final boolean opener = !isPadding() && number("own", "off") == constants.header();
            final long bytes = bytes("own", "len") + (opener ? (long) constants.scale() * constants.header() : 0L);
            return Arguments.of(words.slot(own()), (isPadding() || aborted ? 0L : 1L << 32) | bytes);
        }
    }

    /** What process {@code process} does next. */
    static Expected of(ModelConstants constants, Kernel words, String process, String pc, Map<?, ?> values) {
        final Local local = new Local(constants, words, values);
        return new Expected(pc, !constants.isExact() ? Arguments.ANY : switch (pc) {
                case "OpenCas", "AppendCas", "CloseCas", "FlushCas", "FinalizeCas", "PauseCas", "ResumeCas" ->
                    Arguments.of(local.tail());
                case "LoadDelivered" -> Arguments.of(words.slot(local.loaded()));
                case "TakeLoadDelivered", "ResetLoadDelivered", "RecheckDelivered" ->
                    Arguments.of(words.slot(local.delta("seen")));
                case "SkipLoadDelivered" ->
                    Arguments.of(words.slot(local.delta("seen") + local.number("got", "subbufs")));
                case "PushConsumed" -> local.move(local.loaded() - constants.count(), 1);
                case "ConsumeCas", "ResetCas" -> local.move(local.delta("seen"), 1);
                case "SkipCas" -> local.move(local.delta("seen"), local.number("got", "subbufs"));
                case "StorePadding" -> Arguments.of(words.slot(local.own()),
                        local.isPadding() ? local.bytes("own", "len") : 0L);
                case "Commit", "CommitPadding" ->
                    local.commit(constants.aborts(process, (Integer) values.get("msg")));
                case "StoreRecords" -> Arguments.of(words.slot(local.own()), local.number("got", "records"));
                case "ResetCommit" -> Arguments.of(words.slot(local.own()), 0L);
                case "Deliver" -> Arguments.of(words.slot(local.own()), words.sequence(local.own() + 1));
                case "OnStart", "OnEnd" -> Arguments.of(words.sequence(local.own()));
                case "WriteData" -> Arguments.of(words.tail(local.own(),
                        constants.scale() * local.number("own", "off"), false, false), local.bytes("own", "len"));
                case "CountLost" -> Arguments.of(words.counter((String) values.get("cause")), 1L);
                case "CountOverwritten" -> Arguments.of(words.counter("OVERWRITTEN"), 1L);
                case "CountSkipped" -> Arguments.of(words.counter("SKIPPED"), local.number("got", "subbufs"));
                case "CountAborted" -> Arguments.of(words.counter("ABORTED"), 1L);
                case "CountDelivered" -> Arguments.of(words.counter("DELIVERED"));
                case "ReadData" -> Arguments.of(words.sequence(local.delta("seen")));
                case "StoreClosed", "SetWaiting" -> Arguments.of(1L);
                case "Wake", "ClearWaiting" -> Arguments.of(0L);
                default -> Arguments.ANY;
            });
    }
}
