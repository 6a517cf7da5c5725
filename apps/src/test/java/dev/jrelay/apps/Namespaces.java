// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** Shells that run a command, {@code "$@"}, as a container would; only root may, so that tests are skipped else. */
final class Namespaces {
    /** In a PID namespace of its own, with the {@code /proc} that belongs to it. */
    static final String OTHER_PIDS = "exec unshare --pid --fork --kill-child --mount-proc \"$@\"";
    /** With a machine that was started an hour earlier, as after a step of the wall clock. */
    static final String CLOCK_STEPPED = "exec unshare -m sh -c 'sed \"s/^btime .*/btime 1000000000/\" /proc/stat > "
            + "/tmp/stat.$$ && mount --bind /tmp/stat.$$ /proc/stat && rm /tmp/stat.$$ && exec \"$@\"' sh \"$@\"";
    /** As a user from whom the processes of others are hidden, with the rights on files that root has. */
    static final String HIDDEN_PIDS = "exec unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec setpriv "
            + "--reuid 65534 --regid 65534 --clear-groups --inh-caps +dac_override --ambient-caps +dac_override "
            + "--bounding-set -sys_ptrace \"$@\"' sh \"$@\"";

    private Namespaces() {
    }

    /** Skips the test where namespaces may not be made. */
    static void assume() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name"))
                && new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true").start().waitFor() == 0);
    }
}
