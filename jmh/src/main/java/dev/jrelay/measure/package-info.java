// SPDX-License-Identifier: Apache-2.0
/** The commands of the jar. */
package dev.jrelay.measure;
