// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

/**
 * The messages that one buffer gets: when they come, and how long they are. Formulas, simulation and the run on a real
 * channel take them from here, so that they can differ only in what they do with them.
 */
sealed interface Traffic permits ModelTraffic, RecordedTraffic {
    /** Lengths of messages. */
    MessageSizes sizes();

    /** Messages per second on the average, bursts included. */
    double messagesPerSecond();

    /** The most that comes within any {@code nanos}, bytes: the arrival curve of network calculus. */
    double most(double nanos);

    /** The messages of a run, the same for a seed. */
    Arrivals arrivals(long seed);

    /**
     * Where in the run of a seed a stall meets most.
     *
     * @param from the earliest beginning of the stall, ns
     * @param to the latest one
     * @param nanos the stall's length
     * @return its beginning; NaN if all moments are alike
     */
    double worst(long seed, double from, double to, double nanos);

    /** Whether it matters when a stall comes. */
    boolean hasBursts();

    /** Messages one after the other, for ever. Not thread-safe. */
    interface Arrivals {
        /** Goes to the next message. */
        void next();

        /** When the current message comes, ns from the beginning of the run. */
        double time();

        /** Its length, bytes. */
        int length();

        /**
         * Leaves out what comes before a time, bursts excepted, if it can tell how many messages that are.
         *
         * @param time where to go on, at most, ns
         * @return messages left out
         */
        default long skip(double time) {
            return 0L;
        }
    }
}
