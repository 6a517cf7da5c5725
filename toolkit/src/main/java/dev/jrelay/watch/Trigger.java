// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a flight recorder waits for before it dumps a channel. Asked again and again, it says what has happened; then it
 * is armed anew: for a loss by the next one, for a backlog when it has fallen below its limit again.
 *
 * <p>Threads: one asks; any may {@link #signal}.
 */
public final class Trigger {
    private static final String LOSS = "loss";
    private static final String BACKLOG = "backlog";
    private static final String SIGNAL = "signal";
    private static final int PERCENT = 100;
    private static final int DEFAULT_PERCENT = 75;

    private final MappedChannel channel;
    private final List<Condition> conditions;
    private final List<BufferStats> before = new ArrayList<>();
    private final boolean[] isFilled;
    private final AtomicReference<String> signal = new AtomicReference<>();

    /** One thing to wait for. */
    public sealed interface Condition {
        /** A record is refused, for whatever cause. What overwrite mode overwrites is no loss: it is meant to. */
        record Lost() implements Condition {
        }

        /**
         * A buffer fills: that many of its sub-buffers are closed and not consumed.
         *
         * @param percent of the sub-buffers, 1 to 100
         */
        record Filled(int percent) implements Condition {
            /** Checks the range. */
            public Filled {
                if (percent < 1 || percent > PERCENT) {
                    throw new IllegalArgumentException(BACKLOG + "=" + percent + "%: must be 1% to 100%");
                }
            }
        }

        /** Somebody says so: {@link Trigger#signal}. */
        record Signalled() implements Condition {
        }

        /**
         * Reads a condition.
         *
         * @param text {@code loss}, {@code backlog}, {@code backlog=90%} or {@code signal}
         * @return the condition; a backlog of 75 % if no number is given
         * @throws IllegalArgumentException if it is none of these
         */
        static Condition parse(String text) {
            final String lower = text.strip().toLowerCase(Locale.ROOT);
            if (lower.matches(BACKLOG + "=[0-9]{1,9}%?")) {
                try {
                    return new Filled(Integer.parseInt(lower.substring(BACKLOG.length() + 1).replace("%", "")));
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException("'" + text + "': must be backlog=1% to backlog=100%", wrong);
                }
            }
            return switch (lower) {
                case LOSS -> new Lost();
                case BACKLOG -> new Filled(DEFAULT_PERCENT);
                case SIGNAL -> new Signalled();
                default -> throw new IllegalArgumentException("'" + text + "': must be " + LOSS + ", " + BACKLOG
                        + ", " + BACKLOG + "=1% to 100%, or " + SIGNAL);
            };
        }
    }

    /**
     * Begins to wait: only what happens from now on counts as a loss.
     *
     * @param channel the channel, which stays the caller's to close
     * @param conditions one or more; each is enough
     */
    public Trigger(MappedChannel channel, List<Condition> conditions) {
        if (conditions.isEmpty()) {
            throw new IllegalArgumentException("no condition: must be one or more");
        }
        this.channel = channel;
        this.conditions = List.copyOf(conditions);
        this.isFilled = new boolean[channel.bufferCount()];
        for (int i = 0; i < channel.bufferCount(); i++) {
            before.add(channel.statsSinceOpen(i));
        }
    }

    /**
     * Pulls the trigger from outside, if a signal is waited for.
     *
     * @param why in words
     */
    public void signal(String why) {
        if (conditions.stream().anyMatch(condition -> condition instanceof Condition.Signalled)) {
            signal.set(why);
        }
    }

    /**
     * Looks.
     *
     * @return what has happened, in words; null if nothing has
     */
    public String look() {
        String happened = signal.getAndSet(null);
        for (int i = 0; i < before.size(); i++) {
            final BufferStats now = channel.statsSinceOpen(i);
            for (final Condition condition : conditions) {
                final String found = switch (condition) {
                    case Condition.Lost lost -> loss(i, before.get(i), now);
                    case Condition.Filled filled -> backlog(i, now, filled.percent());
                    case Condition.Signalled signalled -> null;
                };
                happened = happened == null ? found : happened;
            }
            before.set(i, now);
        }
        return happened;
    }

    private static String loss(int cpu, BufferStats before, BufferStats now) {
        for (final Loss cause : Loss.values()) {
            final Tally lost = now.lost(cause).minus(before.lost(cause));
            if (lost.records() > 0L) {
                return String.format(Locale.ROOT, "cpu %d: LOST %,d records (%,d bytes): %s", cpu, lost.records(),
                        lost.bytes(), cause.words());
            }
        }
        return null;
    }

    private String backlog(int cpu, BufferStats now, int percent) {
        final Geometry geometry = channel.geometry();
        final boolean was = isFilled[cpu];
        isFilled[cpu] = now.backlog() * PERCENT >= (long) percent * geometry.subBufferCount();
        return !isFilled[cpu] || was ? null : String.format(Locale.ROOT,
                "cpu %d: BACKLOG %d of %d sub-buffers: %d %% or more", cpu, now.backlog(), geometry.subBufferCount(),
                percent);
    }
}
