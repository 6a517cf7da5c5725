// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.Map;

/** How the states of a model look to the replay: what can be compared with the kernel, and who does what next. */
interface View {
    /** A state as a vector of numbers, which {@link Machine#visible} has of the kernel. */
    int[] visible(Map<String, Object> state);

    /** What a component of that vector is. */
    String name(int component);

    /** Fills in whether the consumer may wake up, which nobody but the JVM can see. */
    default void setPermit(int[] vector, boolean permit) {
    }

    /** What a process does next. */
    Expected next(String process, String pc, Map<?, ?> local);

    /** The view of the model that a configuration is one of. */
    static View of(ModelConstants constants) {
        return switch (constants.module()) {
            case ModelConstants.CLAIMS -> new ClaimsView(constants);
            case ModelConstants.HANDLES -> new HandlesView();
            case ModelConstants.LEASE -> new LeaseView();
            default -> new Buffer(constants, KernelLoader.kernel(constants, null));
        };
    }

    /** Of one buffer: its words and its data. */
    record Buffer(ModelConstants constants, Kernel kernel) implements View {
        @Override
        public int[] visible(Map<String, Object> state) {
            return Visible.of(constants, state);
        }

        @Override
        public String name(int component) {
            return Visible.name(constants, component);
        }

        @Override
        public void setPermit(int[] vector, boolean permit) {
            vector[Visible.PERMIT] = permit ? 1 : 0;
        }

        @Override
        public Expected next(String process, String pc, Map<?, ?> local) {
            return Expected.of(constants, kernel, process, pc, local);
        }
    }
}
