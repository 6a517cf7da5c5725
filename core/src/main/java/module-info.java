// SPDX-License-Identifier: Apache-2.0

/** A minimal, allocation-free relay channel; no dependencies. */
module dev.jrelay {
    exports dev.jrelay;
}
