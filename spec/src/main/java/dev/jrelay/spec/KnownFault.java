// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Faults of TLC 2.18, which the build uses: it sees no error in a model that has one. For each, {@code src/main/faults}
 * has a small model with the error. The models of the protocol stay clear of the constructs; a test reads them for it.
 */
enum KnownFault {
    /** {@code EXCEPT} loses a part of the domain when it is a set of functions. */
    FUNCTION_KEYS("FunctionKeys", "DomainChanges"),
    /** {@code ENABLED} is true too often when {@code SelectSeq} in an instance is given a test of a next value. */
    PRIMED_ARGUMENT("PrimedArgument", "Enabled");

    private static final String FOLDER = "faults";

    private final String module;
    private final String invariant;

    KnownFault(String module, String invariant) {
        this.module = module;
        this.invariant = invariant;
    }

    /** The folder with these models, in the one with all. */
    static Path folder(Path models) {
        return models.resolve(FOLDER);
    }

    /**
     * Whether TLC has the fault.
     *
     * @param tlc runs models of {@link #folder}
     * @param folder that folder
     * @throws IllegalStateException if TLC neither finds the error nor overlooks it
     */
    boolean isIn(ModelRuns tlc, Path folder) throws IOException, InterruptedException {
        final TlcResult result = tlc.run(module, folder.resolve(module + ".cfg"));
        if (result.exit() == TlcResult.INVARIANT && result.violated().equals(invariant)) {
            return false;
        }
        if (result.exit() != TlcResult.OK) {
            throw new IllegalStateException(module + ": TLC must find that " + invariant
                    + " is violated, or overlook it; it ended with " + result.exit() + ": " + result.errors());
        }
        return true;
    }

    /** What this TLC makes of the models with known errors, in one line. */
    static String report(Path models, Path jar, String memory) throws IOException, InterruptedException {
        final Path folder = folder(models);
        final List<String> present = new ArrayList<>();
        try (ModelRuns tlc = new ModelRuns(folder, jar, memory, 1)) {
            for (final KnownFault fault : values()) {
                if (fault.isIn(tlc, folder)) {
                    present.add(fault.module);
                }
            }
        } catch (IllegalStateException neither) {
            return neither.getMessage();
        }
        return present.isEmpty()
                ? "This TLC finds all errors that 2.18 overlooks: once the build uses it, FaultyConstructsTest may go"
                : "This TLC overlooks the error in " + String.join(" and ", present)
                        + " of spec/src/main/faults: the model must not use such constructs, and a test sees to it";
    }
}
