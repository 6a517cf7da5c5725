// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers with units as users write and read them: {@code 256k} bytes, {@code 1.5M} a second, {@code 20ms},
 * {@code 0.1%}. Each class reads and writes one kind; what it writes as an option's value, it reads.
 */
package dev.jrelay.units;
