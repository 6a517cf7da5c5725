// SPDX-License-Identifier: Apache-2.0
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.CpuSelector;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Why a write is refused in overwrite mode, for how long, with which selector: so many threads write to a channel with
 * a buffer for each CPU, for four seconds with each selector, twice.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp core/target/classes Held.java THREADS
 * </pre>
 */
public class Held {
    private static final long NANOS = 4_000_000_000L;

    public static void main(String[] threads) throws Exception {
        for (int round = 0; round < 2; round++) {
            run("striped", CpuSelector.striped(), Integer.parseInt(threads[0]));
            run("cpuId", CpuSelector.cpuId(), Integer.parseInt(threads[0]));
        }
    }

    private static void run(String name, CpuSelector selector, int threads) throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("held").mode(Mode.OVERWRITE).cpuSelector(selector)
                .subBufferSize(64 << 10).build());
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            long end = System.nanoTime() + NANOS;
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> write(channel, end)));
            }
            for (Future<String> each : all) {
                System.out.println(threads + " threads, " + name + ": " + each.get());
            }
        }
    }

    /** Repeats what is refused. */
    private static String write(Channel channel, long end) {
        byte[] message = new byte[64];
        long written = 0L;
        long times = 0L;
        long waited = 0L;
        Map<String, Long> refused = new TreeMap<>();
        while (System.nanoTime() < end) {
            for (int i = 0; i < 256; i++, written++) {
                long result = channel.write(message, 0, message.length);
                if (result < 0L) {
                    times++;
                    long since = System.nanoTime();
                    for (; result < 0L; result = channel.write(message, 0, message.length)) {
                        refused.merge(Result.name(result), 1L, Long::sum);
                        Thread.onSpinWait();
                    }
                    waited += System.nanoTime() - since;
                }
            }
        }
        return String.format("%,d written, refused %s, in %d stretches of %.1f ms in the mean", written, refused, times,
                times == 0L ? 0.0 : waited / 1e6 / times);
    }
}
