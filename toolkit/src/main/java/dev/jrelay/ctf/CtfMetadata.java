// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file {@code metadata} of a trace: what {@link CtfPacket} and {@code KlogRecord} are, in CTF's own language. */
final class CtfMetadata {
    static final String FILE = "metadata";
    private static final String INCOMPLETE = ".metadata.new";
    private static final Pattern UUID_LINE = Pattern.compile("\\buuid\\s*=\\s*\"([0-9a-fA-F-]{36})\"");

    private static final String TEXT = """
            /* CTF 1.8 */
            typealias integer { size = 8;  align = 8;  signed = false; encoding = UTF8; } := chr;
            typealias integer { size = 8;  align = 8;  signed = false; base = 16; } := u8;
            typealias integer { size = 32; align = 32; signed = false; } := u32;
            typealias integer { size = 64; align = 64; signed = false; } := u64;
            trace { major = 1; minor = 8; byte_order = le; uuid = "%s";
              packet.header := struct { u32 magic; u32 stream_id; u8 uuid[16]; u64 stream_instance_id; }; };
            env { domain = "ust"; tracer_name = "relay"; tracer_major = 0; tracer_minor = 1; };
            clock { name = "mono"; description = "ns since 1970"; freq = 1000000000; offset = 0; };
            typealias integer { size = 64; align = 64; signed = false; map = clock.mono.value; } := ts64;
            stream { id = 0;
              packet.context := struct { ts64 timestamp_begin; ts64 timestamp_end; u64 content_size; u64 packet_size;
                                         u64 packet_seq_num; u64 events_discarded; u64 cpu_id; };
              event.header := struct { u32 id; ts64 timestamp; }; };
            event { name = "klog"; id = 0; stream_id = 0; fields := struct { u32 len; chr msg[len]; }; };
            event { name = "raw"; id = 1; stream_id = 0; fields := struct { u32 len; u8 data[len]; }; };
            event { name = "klog_truncated"; id = 2; stream_id = 0; fields := struct { u32 len; chr msg[len]; }; };
            event { name = "aborted"; id = 3; stream_id = 0; fields := struct { u32 len; u8 data[len]; }; };
            """;

    private CtfMetadata() {
    }

    static void write(Path directory, UUID uuid) throws IOException {
        Files.writeString(directory.resolve(FILE), TEXT.formatted(uuid), StandardOpenOption.CREATE_NEW);
    }

    /** The same, for who may be killed meanwhile: it is there as a whole or not at all. */
    static void replace(Path directory, UUID uuid) throws IOException {
        Files.writeString(directory.resolve(INCOMPLETE), TEXT.formatted(uuid));
        Files.move(directory.resolve(INCOMPLETE), directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The identity of the trace in a directory. */
    static UUID uuid(Path directory) throws IOException {
        final Path file = directory.resolve(FILE);
        final Matcher matcher = UUID_LINE.matcher(Files.readString(file));
        if (!matcher.find()) {
            throw new IOException(file + ": no uuid in it");
        }
        return UUID.fromString(matcher.group(1));
    }
}
