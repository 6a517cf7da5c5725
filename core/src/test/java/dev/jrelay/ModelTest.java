// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Random operations on a channel, some of whose buffers are exclusive, and on a {@link ReferenceBuffer} for each:
 * every result, content and counter is the same.
 */
class ModelTest {
    private static final int[] SIZES = {8, 16, 24, 40, 64};
    private static final int MAX_HELD = 3;

    private enum Kind {
        WRITE, FILL, TOO_LARGE, ABORTED, HOLD, HOLD_FILL, COMMIT, ABORT, FLUSH, FLUSH_BY_OTHER, FLUSH_ALL, PEEK,
        CONSUMED, READ, PASS, RESET, PAUSE, RESUME, SNAPSHOT, HAND_OVER, FINISH
    }

    /** One step, with a buffer and a number from 0 to 999 that it makes of what it needs. */
    record Operation(Kind kind, int buffer, int number) {
    }

    /** Sizes, where the memory is, and where the sequences start. */
    record Shape(int size, int count, int header, int shared, int exclusive, Variant.Place place, long beforeWrap) {
    }

    @Provide
    static Arbitrary<Shape> shapes() {
        final Arbitrary<Integer> header = Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(0, 7));
        final Arbitrary<int[]> buffers = Arbitraries.of(new int[] {1, 0}, new int[] {0, 1}, new int[] {1, 1},
                new int[] {2, 1}, new int[] {1, 2}, new int[] {0, 2});
        final Arbitrary<Variant.Place> places = Arbitraries.frequency(Tuple.of(4, Variant.Place.MEMORY),
                Tuple.of(4, Variant.Place.HEAP), Tuple.of(1, Variant.Place.FILES));
        return Combinators.combine(Arbitraries.integers().between(0, SIZES.length - 1), Arbitraries.of(1, 2, 4), header,
                buffers, places, Arbitraries.longs().between(0L, 9L))
                .as((size, count, bytes, number, place, before) ->
                        new Shape(SIZES[size], count, bytes, number[0], number[1], place, before));
    }

    @Provide
    static Arbitrary<List<Operation>> operations() {
        final Arbitrary<Kind> kinds = Arbitraries.frequency(Tuple.of(40, Kind.WRITE), Tuple.of(8, Kind.FILL),
                Tuple.of(2, Kind.TOO_LARGE), Tuple.of(4, Kind.ABORTED), Tuple.of(7, Kind.HOLD),
                Tuple.of(2, Kind.HOLD_FILL), Tuple.of(5, Kind.COMMIT), Tuple.of(2, Kind.ABORT), Tuple.of(6, Kind.FLUSH),
                Tuple.of(4, Kind.FLUSH_BY_OTHER), Tuple.of(2, Kind.FLUSH_ALL), Tuple.of(12, Kind.PEEK),
                Tuple.of(8, Kind.CONSUMED), Tuple.of(12, Kind.READ), Tuple.of(4, Kind.PASS), Tuple.of(2, Kind.RESET),
                Tuple.of(1, Kind.PAUSE), Tuple.of(4, Kind.RESUME), Tuple.of(4, Kind.SNAPSHOT),
                Tuple.of(3, Kind.HAND_OVER))
                .edgeCases(config -> config.none());
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 999))
                .as(Operation::new).list().ofMinSize(1).ofMaxSize(200)
                .map(list -> Stream.concat(list.stream(), Stream.concat(
                        Stream.of(new Operation(Kind.FINISH, 0, 0)),
                        Stream.of(Kind.WRITE, Kind.PASS, Kind.READ, Kind.COMMIT, Kind.PEEK, Kind.CONSUMED, Kind.ABORT,
                                Kind.PASS, Kind.READ, Kind.COMMIT, Kind.READ)
                                .flatMap(kind -> Stream.of(new Operation(kind, 0, 900), new Operation(kind, 1, 900),
                                        new Operation(kind, 2, 900))))).toList());
    }

    @Property(tries = 1500)
    void aChannelThatKeepsBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) throws IOException {
        run(Mode.NO_OVERWRITE, shape, operations);
    }

    @Property(tries = 1500)
    void aChannelThatOverwritesBehavesLikeItsModel(@ForAll("shapes") Shape shape,
            @ForAll("operations") List<Operation> operations) throws IOException {
        run(Mode.OVERWRITE, shape, operations);
    }

    private static void run(Mode mode, Shape shape, List<Operation> operations) throws IOException {
        final Variant place = Stream.of(Variant.values()).filter(variant -> variant.place == shape.place)
                .findFirst().orElseThrow();
        final ChannelConfig.Builder config = place.config("model", shape.shared + shape.exclusive).mode(mode)
                .subBufferSize(shape.size).subBufferCount(shape.count).headerBytes(shape.header)
                .exclusiveBuffers(shape.exclusive);
        final long space = config.build().geometry().sequenceMask();
        final long first = shape.beforeWrap == 0L ? 0L : space + 1L - shape.beforeWrap;
        try (Channel channel = Channel.open(config.firstSequence(first).build())) {
            final List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < channel.bufferCount(); i++) {
                pairs.add(new Pair(channel, i, shape, mode, first));
            }
            int serial = 0;
            for (final Operation operation : operations) {
                perform(channel, pairs, operation, serial++);
                pairs.forEach(Pair::compareState);
            }
            for (final Pair pair : pairs) {
                pair.consumer.close();
            }
        }
    }

    private static void perform(Channel channel, List<Pair> pairs, Operation operation, int serial)
            throws IOException {
        switch (operation.kind) {
            case FLUSH_ALL -> {
                channel.flush();
                pairs.forEach(pair -> pair.model.askFlush());
            }
            case RESET -> {
                boolean complete = true;
                for (final Pair pair : pairs) {
                    complete &= pair.model.reset();
                }
                final boolean expected = complete;
                byAnother(() -> assertThat(channel.reset()).isEqualTo(expected));
            }
            case PAUSE -> {
                byAnother(channel::pause);
                pairs.forEach(pair -> pair.model.pause(true));
            }
            case RESUME -> {
                byAnother(channel::resume);
                pairs.forEach(pair -> pair.model.pause(false));
            }
            case FINISH -> {
                channel.close();
                pairs.forEach(Pair::finish);
            }
            default -> pairs.get(operation.buffer % pairs.size()).perform(operation, serial);
        }
    }

    /** Has another thread do it. */
    private static void byAnother(Runnable work) {
        final Crew crew = new Crew();
        crew.worker(true, work::run);
        try {
            crew.join();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** A buffer and its model. */
    private static final class Pair {
        final ReferenceBuffer model;
        final Consumer consumer;
        private final Geometry geometry;
        private final RelayBuffer buffer;
        private RecordWriter writer;
        private final Channel channel;
        private final long first;
        /** Positions and reservations that are open, oldest first. */
        private final List<Long> positions = new ArrayList<>();
        private final List<ReferenceBuffer.Reservation> reservations = new ArrayList<>();
        private Tally attempted = Tally.ZERO;

        Pair(Channel channel, int index, Shape shape, Mode mode, long first) {
            this.channel = channel;
            this.geometry = channel.geometry();
            this.first = first;
            this.buffer = channel.buffer(index);
            final boolean exclusive = index >= shape.shared;
            this.model = new ReferenceBuffer(shape.size, shape.count, shape.header, mode, exclusive);
            this.writer = exclusive ? channel.exclusiveWriter(index) : channel.writer(index);
            this.consumer = channel.consumer(index);
        }

        private boolean isBusy() {
            return buffer.isExclusive() && !positions.isEmpty();
        }

        private Rig.Content rebased(SubBuffer subBuffer) {
            if (subBuffer == null) {
                return null;
            }
            final Rig.Content content = Rig.content(subBuffer);
            return new Rig.Content(geometry.distance(content.sequence(), first), content.text(), content.padding(),
                    content.records());
        }

        void perform(Operation operation, int serial) {
            final int maximum = geometry.maxLength();
            final int number = operation.number;
            switch (operation.kind) {
                case WRITE -> write(1 + number % maximum, serial);
                case FILL -> write(maximum, serial);
                case TOO_LARGE -> write(maximum + 1 + number, serial);
                case ABORTED -> {
                    if (hold(1 + number % maximum, serial)) {
                        finishReservation(positions.size() - 1, true);
                    }
                }
                case HOLD -> hold(1 + number % maximum, serial);
                case HOLD_FILL -> hold(maximum, serial);
                case COMMIT, ABORT -> {
                    if (!positions.isEmpty()) {
                        finishReservation(number % positions.size(), operation.kind == Kind.ABORT);
                    }
                }
                case FLUSH -> flush();
                case FLUSH_BY_OTHER -> {
                    byAnother(buffer::flush);
                    model.askFlush();
                }
                case HAND_OVER -> {
                    giveBack();
                    takeAgain();
                }
                default -> consume(operation.kind, number);
            }
        }

        private void consume(Kind kind, int number) {
            switch (kind) {
                case PEEK -> {
                    final int ahead = number % 3 % geometry.subBufferCount();
                    assertThat(rebased(ahead == 0 ? consumer.next() : consumer.peek(ahead)))
                            .isEqualTo(model.peek(ahead));
                }
                case CONSUMED -> assertThat(consumer.subBuffersConsumed(number % (geometry.subBufferCount() + 1)))
                        .isEqualTo(model.subBuffersConsumed(number % (geometry.subBufferCount() + 1)));
                case READ -> {
                    final byte[] target = new byte[number % 100];
                    final int length = consumer.stream().read(target, 0, target.length);
                    assertThat(length < 0 ? null : Rig.string(target).substring(0, length))
                            .isEqualTo(model.read(target.length));
                }
                case PASS -> assertThat(consumer.pass()).isEqualTo(model.pass());
                default -> assertThat(channel.snapshot(buffer.index()).subBuffers().stream().map(this::rebased))
                        .isEqualTo(model.snapshot()).isEqualTo(
                                consumer.snapshot().subBuffers().stream().map(this::rebased).toList());
            }
        }

        private static String record(int length, int serial) {
            return String.valueOf((char) ('!' + serial % 90)).repeat(length);
        }

        private void write(int length, int serial) {
            if (isBusy()) {
                return;
            }
            final String record = record(length, serial);
            assertThat(writer.hasRoom(length) || length > geometry.maxLength())
                    .isEqualTo(model.hasRoom(length) || length > geometry.maxLength());
            final ReferenceBuffer.Reservation reservation = model.reserve(record);
            final long result = writer.write(Rig.bytes(record), 0, length);
            assertThat(Result.name(result)).isEqualTo(reservation == null ? model.cause().name() : "OK");
            attempted = attempted.plus(new Tally(0L, 1L, length));
            if (reservation != null) {
                model.finish(reservation, false);
            }
        }

        private boolean hold(int length, int serial) {
            if (isBusy() || positions.size() == MAX_HELD) {
                return false;
            }
            final String record = record(length, serial);
            final ReferenceBuffer.Reservation reservation = model.reserve(record);
            final long result = writer.reserve(length);
            assertThat(Result.name(result)).isEqualTo(reservation == null ? model.cause().name() : "OK");
            if (reservation == null) {
                attempted = attempted.plus(new Tally(0L, 1L, length));
                return false;
            }
            writer.data().asSlice(writer.dataOffset(result), length).fill((byte) record.charAt(0));
            positions.add(result);
            reservations.add(reservation);
            return true;
        }

        private void finishReservation(int index, boolean aborts) {
            final long position = positions.remove(index);
            final ReferenceBuffer.Reservation reservation = reservations.remove(index);
            final int length = reservation.record.length();
            final Runnable finish = aborts ? () -> writer.abort(position, length)
                    : () -> writer.commit(position, length);
            if (position % 2L == 0L) {
                finish.run();
            } else {
                byAnother(finish);
            }
            model.finish(reservation, aborts);
            attempted = attempted.plus(new Tally(0L, 1L, length));
        }

        private void flush() {
            if (writer instanceof ExclusiveWriter exclusive) {
                exclusive.flush();
                if (!isBusy()) {
                    model.flush();
                }
            } else {
                buffer.flush();
                model.flush();
            }
        }

        /** The owner's close aborts what it has reserved, and flushes. */
        private void giveBack() {
            if (writer instanceof ExclusiveWriter exclusive) {
                exclusive.close();
                if (isBusy()) {
                    final ReferenceBuffer.Reservation reservation = reservations.removeLast();
                    positions.removeLast();
                    model.finish(reservation, true);
                    attempted = attempted.plus(new Tally(0L, 1L, reservation.record.length()));
                }
                model.flush();
            }
        }

        private void takeAgain() {
            if (writer instanceof ExclusiveWriter before) {
                byAnother(() -> writer = channel.exclusiveWriter(buffer.index()));
                assertThat(before.write(new byte[1], 0, 1)).isEqualTo(Result.CLOSED);
                attempted = attempted.plus(new Tally(0L, 1L, 1L));
                model.lose(Loss.CLOSED, 1);
            }
        }

        /** After the channel was closed. */
        void finish() {
            giveBack();
            model.finish();
        }

        void compareState() {
            final BufferStats stats = buffer.statsSinceReset();
            assertThat(stats.delivered()).as("delivered").isEqualTo(model.tally(Fate.DELIVERED));
            assertThat(stats.overwritten()).as("overwritten").isEqualTo(model.tally(Fate.OVERWRITTEN));
            assertThat(stats.skipped()).as("skipped").isEqualTo(model.tally(Fate.SKIPPED));
            assertThat(stats.aborted()).as("aborted").isEqualTo(model.tally(Fate.ABORTED));
            for (final Loss cause : Loss.values()) {
                assertThat(stats.lost(cause)).as(cause.name()).isEqualTo(model.lost(cause));
            }
            assertThat(stats.pending()).as("pending").isEqualTo(model.pending());
            assertThat(stats.backlog()).isEqualTo(model.backlog());
            assertThat(stats.maxBacklog()).isEqualTo(model.maxBacklog());
            assertThat(stats.paddingBytes()).isEqualTo(model.paddingBytes());
            assertThat(buffer.statsSinceOpen().attempted()).as(stats::toString).isEqualTo(attempted);
            assertThat(buffer.isFull()).isEqualTo(model.isFull());
            assertThat(consumer.isDrained()).isEqualTo(model.isDrained());
            final long held = consumer.heldSequence();
            assertThat(held < 0L ? held : geometry.distance(held, first)).isEqualTo(model.held());
            assertThat(consumer.poll(0L)).isEqualTo(model.poll(false));
            assertThat(consumer.poll(1L)).isEqualTo(model.poll(true));
        }
    }
}
