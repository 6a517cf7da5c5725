// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import dev.jrelay.ctf.CtfReader;
import dev.jrelay.klog.KlogReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;

/** The records of a stream of a CTF trace, and in front of those of a packet what was lost since the one before. */
final class CtfRecords implements RecordStream {
    private final int cpu;
    private final String name;
    private final CtfReader packets;
    private final KlogReader reader = new KlogReader();
    private final Queue<Decoded> lacks = new ArrayDeque<>();
    private long number = -1L;
    private long discarded;
    private boolean isEnded;

    CtfRecords(int cpu, String name, UUID uuid, InputStream in) {
        this.cpu = cpu;
        this.name = name;
        this.packets = new CtfReader(uuid, in);
    }

    @Override
    public Decoded next() throws IOException {
        for (;;) {
            if (!lacks.isEmpty()) {
                return lacks.remove();
            }
            if (reader.next()) {
                return KlogRecords.of(cpu, reader);
            }
            if (isEnded) {
                return null;
            }
            goOn();
        }
    }

    private void goOn() throws IOException {
        final long time = number < 0L ? Decoded.NO_TIME : packets.begin();
        add(time, Decoded.Kind.DAMAGED, reader.damagedBytes());
        try {
            isEnded = !packets.next();
        } catch (IOException noPacket) {
            throw new IOException(name + ": " + noPacket.getMessage(), noPacket);
        }
        reader.wrapStream(isEnded ? MemorySegment.ofArray(new byte[0]) : packets.records());
        if (isEnded) {
            add(time, Decoded.Kind.DAMAGED, packets.cutBytes());
            return;
        }
        final boolean isFirst = number < 0L && packets.number() > 0L; // those before it were put away
        if (!isFirst) {
            add(packets.begin(), Decoded.Kind.MISSING, packets.number() - number - 1L);
            add(packets.begin(), Decoded.Kind.LOST, packets.discarded() - discarded);
        }
        number = packets.number();
        discarded = packets.discarded();
    }

    private void add(long time, Decoded.Kind kind, long count) {
        if (count > 0L) {
            lacks.add(Decoded.lack(cpu, time, kind, count));
        }
    }

    @Override
    public void close() throws IOException {
        packets.close();
    }
}
