// SPDX-License-Identifier: Apache-2.0

/** The examples of the relay-apps, to read, to copy and to run. */
module dev.jrelay.examples {
    requires dev.jrelay.toolkit;
}
