// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.relayapp.Rotation;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the files consist of that {@code collect} and {@code record} write, and when another one begins. */
final class FilesOption {
    @Option(names = "--ctf", description = "Write a CTF trace, which babeltrace2 reads.")
    private boolean ctf;

    @Option(names = "--rotate", paramLabel = "SIZE|TIME", converter = RotationConverter.class,
            description = "Begin another file, cpu0.1, cpu0.2, …, before one is longer than SIZE, or TIME after it was "
                    + "begun; or both, as in 64M,10m: m are minutes, M mebibytes.")
    private Rotation rotation = Rotation.NEVER;

    /** Reads a rotation. */
    static final class RotationConverter implements ITypeConverter<Rotation> {
        @Override
        public Rotation convert(String text) {
            try {
                return Rotation.parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }

    boolean isCtf() {
        return ctf;
    }

    Rotation rotation() {
        return rotation;
    }
}
