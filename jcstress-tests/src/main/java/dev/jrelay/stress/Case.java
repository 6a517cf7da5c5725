// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * One annotated class.
 *
 * @param name as jcstress names it, {@code dev.jrelay.ExactFill.TwoWriters}
 * @param actors threads that it needs at once
 */
record Case(String name, int actors) {
    /** Forks of one test without and with split compilation for each actor, by number of actors; see formal.md 5. */
    private static final int FORKS = 4;
    private static final int[] SPLIT_FORKS = {4, 4, 14, 46, 146};

    /** All annotated classes on the class path, in order of name. */
    static List<Case> all() {
        return TestList.tests().stream().map(TestList::getInfo).map(Case::of)
                .sorted((a, b) -> a.name.compareTo(b.name)).toList();
    }

    private static Case of(TestInfo info) {
        return new Case(info.name(), info.threads());
    }

    /** Those whose name contains a match. */
    static List<Case> matching(Pattern pattern) {
        return all().stream().filter(test -> pattern.matcher(test.name).find()).toList();
    }

    /** Whether the machine can run the actors side by side; jcstress leaves out the test if it cannot. */
    boolean fits(int processors) {
        return actors <= processors;
    }

    /** Forks of it that jcstress runs side by side on so many processors. */
    int atOnce(int processors) {
        return Math.max(1, processors / actors);
    }

    int forks(boolean split) {
        return split ? SPLIT_FORKS[Math.min(actors, SPLIT_FORKS.length - 1)] : FORKS;
    }
}
