// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import dev.jrelay.spec.ClaimsView;
import dev.jrelay.spec.Machine;
import dev.jrelay.spec.ModelConstants;
import dev.jrelay.spec.Seam;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The claims of one buffer, and threads of several processes that claim it: all of them here, each seeing of time and
 * of the others what the model says.
 */
public final class ClaimsUnderTest implements Machine {
    /** A beat is old after exactly so many of these as the model says. */
    private static final long TICK_NANOS = 5L * Beat.INTERVAL.toNanos() / ClaimsView.MISSED;
    private static final long START_NANOS = 1_000L * TICK_NANOS;
    private static final int SUB_BUFFERS = 1;
    private static final String BUFFER = "b";

    private final ModelConstants constants;
    private final ClaimsView view;
    private final List<String> owners;
    private final List<String> hearts;
    private final MemorySegment control =
            MemorySegment.ofArray(new long[ControlWords.blockSize(SUB_BUFFERS) / Long.BYTES]);
    private final ControlWords words = new ControlWords(control, SUB_BUFFERS);
    private final Life[] lives;
    private long now;
    /** Hearts that may go on, and those that rest. */
    private final Set<String> due = new HashSet<>();
    private final Set<String> resting = new HashSet<>();
    /** The entry of each process that has one, and the processes whose heart beats for it at this moment. */
    private final Map<String, Integer> entered = new HashMap<>();
    private final Set<String> beating = new HashSet<>();
    private final boolean[] stopped;

    /** Called by reflection: this class is loaded beside the kernel under test. */
    public ClaimsUnderTest(ModelConstants constants) {
        this.constants = constants;
        this.view = new ClaimsView(constants);
        this.owners = constants.owners();
        this.hearts = constants.all("Hearts");
        this.lives = new Life[owners.size()];
        this.stopped = new boolean[owners.size()];
    }

    @Override
    public void reset() {
        control.fill((byte) 0);
        for (int entry = constants.number("Free"); entry < constants.number("Entries"); entry++) {
            words.casMapped(entry, 0L, view.id("others"));
        }
        now = START_NANOS;
        Arrays.fill(lives, Life.ALIVE);
        Arrays.fill(stopped, false);
        due.clear();
        resting.clear();
        entered.clear();
        beating.clear();
    }

    @Override
    public Runnable body(String thread) {
        if (constants.is(thread, "Consumers")) {
            return () -> {
                while (true) {
                    consume();
                }
            };
        } else if (constants.is(thread, "Mappers")) {
            return () -> {
                while (true) {
                    map(constants.owner(thread));
                }
            };
        } else if (constants.is(thread, "Hearts")) {
            return () -> {
                while (true) {
                    beat(thread, constants.owner(thread));
                }
            };
        }
        return () -> {
            while (true) {
                for (int entry = 0; entry < constants.number("Entries"); entry++) {
                    Claims.mapped(words, entry);
                }
            }
        };
    }

    private void consume() {
        try {
            Claims.claimConsumer(words, BUFFER);
        } catch (IllegalStateException refused) {
            return;
        }
        Claims.releaseConsumer(words);
    }

    private void map(String process) {
        final int entry;
        try {
            entry = Claims.claimMapped(words, BUFFER);
        } catch (IllegalStateException full) {
            return;
        }
        entered.put(process, entry);
        Claims.releaseMapped(words, entry);
    }

    /** As {@code MappedChannel.beat}. */
    private void beat(String heart, String process) {
        resting.add(heart);
        Seam.point("rest", 0L, 0L, 0L);
        resting.remove(heart);
        due.remove(heart);
        final Integer entry = entered.get(process);
        if (entry != null) {
            beating.add(process);
            words.mappedBeatOpaque(entry, Beat.now());
            beating.remove(process);
        }
        Claims.beat(words);
    }

    /** A mapped reader is none any more when it looks at its entry to give it back. */
    @Override
    public Seam.Abandoned abandon(String thread, String accessor, long a, long result) {
        final String process = constants.owner(thread);
        if (constants.is(thread, "Mappers") && entered.containsKey(process)) {
            entered.remove(process);
        }
        return null;
    }

    @Override
    public boolean idles(String thread) {
        final String process = constants.owner(thread);
        final int index = owners.indexOf(process);
        return lives[index] == Life.DEAD || stopped[index] || resting.contains(thread) && !due.contains(thread)
                || constants.is(thread, "Mappers") && entered.containsKey(process) && beating.contains(process);
    }

    // ---- the world ----------------------------------------------------------------------------------------------

    @Override
    public void happen(String action, int[] state) {
        if (action.equals("Tick")) {
            now += TICK_NANOS;
            hearts.stream().filter(heart -> lives[owners.indexOf(constants.owner(heart))] != Life.DEAD)
                    .forEach(due::add);
        }
        for (int i = 0; i < lives.length; i++) {
            final int life = state[view.life(i)];
            stopped[i] = life == 1;
            lives[i] = life == 2 ? Life.DEAD : Life.ALIVE;
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long self(String thread) {
        return view.id(constants.owner(thread));
    }

    @Override
    public int life(String thread, long process) {
        if (process == 0L) {
            return Life.DEAD.ordinal(); // asked for the message only
        } else if (process == view.id("others")) {
            return Life.ALIVE.ordinal();
        }
        final int index = (int) process - 1;
        return (constants.see(constants.owner(thread), owners.get(index)) ? lives[index] : Life.UNKNOWN).ordinal();
    }

    // ---- words --------------------------------------------------------------------------------------------------

    @Override
    public int[] visible() {
        final int[] vector = new int[view.length()];
        for (int place = 0; place <= constants.number("Entries"); place++) {
            vector[2 * place] = (int) (place == 0 ? words.consumerOpaque() : words.mappedOpaque(place - 1));
            vector[2 * place + 1] = age(place == 0 ? words.consumerBeatOpaque() : words.mappedBeatOpaque(place - 1));
        }
        for (int i = 0; i < lives.length; i++) {
            vector[view.life(i)] = lives[i] == Life.DEAD ? 2 : stopped[i] ? 1 : 0;
        }
        return vector;
    }

    /** In ticks, or -1 if no clock has shown that. */
    private int age(long beat) {
        final long age = now - beat;
        return beat != 0L && (beat < START_NANOS || age % TICK_NANOS != 0L) ? -1
                : (int) Math.min(ClaimsView.MISSED, age / TICK_NANOS);
    }
}
