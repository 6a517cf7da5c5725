// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random operations on a channel and on {@link ReferenceBuffer}: every result, content and counter is the same. */
class ModelTest {
    private static final int[] SIZES = {8, 16, 24, 40, 64};

    private enum Kind {
        WRITE, FILL, TOO_LARGE, ABORT, FLUSH, NEXT, CONSUMED, READ, RESET, PAUSE, RESUME, SNAPSHOT, FINISH
    }

    /** One step, with a number from 0 to 999 that it makes of what it needs. */
    record Operation(Kind kind, int number) {
    }

    /** Sizes and where the sequences start. */
    record Shape(int size, int count, int header, long beforeWrap) {
    }

    @Provide
    static Arbitrary<Shape> shapes() {
        final Arbitrary<Integer> header = Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(0, 7));
        return Combinators.combine(Arbitraries.integers().between(0, SIZES.length - 1), Arbitraries.of(1, 2, 4), header,
                Arbitraries.longs().between(0L, 9L))
                .as((size, count, bytes, before) -> new Shape(SIZES[size], count, bytes, before));
    }

    @Provide
    static Arbitrary<List<Operation>> operations() {
        final Arbitrary<Kind> kinds = Arbitraries.frequency(Tuple.of(40, Kind.WRITE), Tuple.of(8, Kind.FILL),
                Tuple.of(2, Kind.TOO_LARGE), Tuple.of(5, Kind.ABORT), Tuple.of(8, Kind.FLUSH), Tuple.of(10, Kind.NEXT),
                Tuple.of(8, Kind.CONSUMED), Tuple.of(12, Kind.READ), Tuple.of(2, Kind.RESET), Tuple.of(1, Kind.PAUSE),
                Tuple.of(4, Kind.RESUME), Tuple.of(4, Kind.SNAPSHOT)).edgeCases(config -> config.none());
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 999)).as(Operation::new)
                .list().ofMinSize(1).ofMaxSize(150)
                .map(list -> Stream.concat(list.stream(),
                        Stream.of(new Operation(Kind.FINISH, 0), new Operation(Kind.WRITE, 1),
                                new Operation(Kind.NEXT, 0), new Operation(Kind.CONSUMED, 999),
                                new Operation(Kind.READ, 900), new Operation(Kind.READ, 900))).toList());
    }

    @Property(tries = 400)
    void aSharedBufferThatKeepsBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) {
        run(Variant.SHARED_NO_OVERWRITE, shape, operations);
    }

    @Property(tries = 400)
    void aSharedBufferThatOverwritesBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) {
        run(Variant.SHARED_OVERWRITE, shape, operations);
    }

    @Property(tries = 400)
    void anExclusiveBufferThatKeepsBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) {
        run(Variant.EXCLUSIVE_NO_OVERWRITE, shape, operations);
    }

    @Property(tries = 400)
    void anExclusiveBufferThatOverwritesBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) {
        run(Variant.EXCLUSIVE_OVERWRITE, shape, operations);
    }

    private static void run(Variant variant, Shape shape, List<Operation> operations) {
        final ChannelConfig.Builder config = variant.config(shape.size, shape.count, shape.header);
        final long space = config.build().geometry().sequenceMask;
        final long first = shape.beforeWrap == 0L ? 0L : space + 1L - shape.beforeWrap;
        final ReferenceBuffer model = new ReferenceBuffer(shape.size, shape.count, shape.header, variant.overwrites());
        try (Rig rig = new Rig(variant, config.firstSequence(first).build())) {
            int serial = 0;
            for (final Operation operation : operations) {
                perform(rig, model, operation, shape, serial++, content -> new Rig.Content(
                        content.sequence() - first & space, content.text(), content.padding(), content.records()));
                compareState(rig, model);
            }
        }
    }

    private static void perform(Rig rig, ReferenceBuffer model, Operation operation, Shape shape, int serial,
            UnaryOperator<Rig.Content> rebase) {
        final int maximum = shape.size - shape.header;
        final int number = operation.number;
        switch (operation.kind) {
            case WRITE -> write(rig, model, 1 + number % maximum, serial, false);
            case FILL -> write(rig, model, maximum, serial, false);
            case TOO_LARGE -> write(rig, model, maximum + 1 + number, serial, false);
            case ABORT -> write(rig, model, 1 + number % maximum, serial, true);
            case FLUSH -> {
                rig.flush();
                model.flush();
            }
            case NEXT -> {
                final SubBuffer next = rig.consumer.next();
                assertThat(next == null ? null : rebase.apply(Rig.content(next))).isEqualTo(model.next());
            }
            case CONSUMED -> assertThat(rig.consumer.subBuffersConsumed(number % (shape.count + 1)))
                    .isEqualTo(model.subBuffersConsumed(number % (shape.count + 1)));
            case READ -> assertThat(rig.read(number % 100)).isEqualTo(model.read(number % 100));
            case RESET -> {
                rig.flush(); // an exclusive buffer would be flushed at its next write only
                assertThat(rig.channel.reset()).isTrue();
                model.reset();
            }
            case PAUSE -> pause(rig, model, true);
            case RESUME -> pause(rig, model, false);
            case SNAPSHOT -> {
                final List<Rig.Content> expected = model.retained();
                final boolean mayBeOpened = rig.variant.exclusive && model.closed.size() == shape.count;
                assertThat(rig.snapshot().stream().map(rebase))
                        .isEqualTo(mayBeOpened ? expected.subList(1, expected.size()) : expected);
            }
            default -> {
                rig.finish();
                model.finish();
            }
        }
    }

    private static void write(Rig rig, ReferenceBuffer model, int length, int serial, boolean aborts) {
        final String record = String.valueOf((char) ('!' + serial % 90)).repeat(length);
        assertThat(rig.writer.hasRoom(length) || length > rig.writer.maxLength())
                .isEqualTo(model.hasRoom(length) || length > rig.writer.maxLength());
        final long result = aborts ? rig.reserve(record) : rig.write(record);
        if (aborts && result >= 0L) {
            rig.writer.abort(result, length);
        }
        assertThat(Math.min(result, 0L)).isEqualTo(model.write(record, aborts));
    }

    private static void pause(Rig rig, ReferenceBuffer model, boolean pauses) {
        if (pauses) {
            rig.channel.pause();
        } else {
            rig.channel.resume();
        }
        model.pause(pauses);
    }

    private static void compareState(Rig rig, ReferenceBuffer model) {
        final BufferStats stats = rig.stats();
        assertThat(new long[] {stats.overwrittenSubBuffers(), stats.overwrittenRecords(), stats.overwrittenBytes()})
                .as("overwritten").isEqualTo(model.overwritten);
        assertThat(new long[] {stats.skippedSubBuffers(), stats.skippedRecords(), stats.skippedBytes()}).as("skipped")
                .isEqualTo(model.skipped);
        assertThat(new long[] {stats.deliveredSubBuffers(), stats.deliveredRecords(), stats.deliveredBytes()})
                .as("delivered").isEqualTo(model.delivered);
        assertThat(new long[] {stats.abortedRecords(), stats.abortedBytes()}).as("aborted").isEqualTo(model.aborted);
        for (int i = 0; i < Result.CAUSES; i++) {
            assertThat(new long[] {stats.lostRecords(-1L - i), stats.lostBytes(-1L - i)}).as(Result.name(-1L - i))
                    .isEqualTo(new long[] {model.lost[2 * i], model.lost[2 * i + 1]});
        }
        assertThat(stats.pendingRecords()).isEqualTo(model.pendingRecords());
        assertThat(stats.pendingBytes()).isEqualTo(model.pendingBytes());
        assertThat(stats.backlog()).isEqualTo(model.closed.size());
        assertThat(rig.buffer.isFull()).isEqualTo(model.isFull());
        assertThat(rig.consumer.isDrained()).isEqualTo(model.isDrained());
        assertThat(rig.consumer.poll(0L)).isEqualTo(!model.closed.isEmpty() ? Readiness.READABLE
                : model.isDrained() ? Readiness.HANG_UP : Readiness.TIMED_OUT);
    }
}
