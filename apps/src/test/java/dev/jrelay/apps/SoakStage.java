// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Where the soak is played: each process in namespaces of its own for all that has one, with a {@code /proc/stat} that
 * can be changed under it; and a disk that can be filled, which nobody sees but those who collect.
 */
final class SoakStage implements AutoCloseable {
    /** Several times what a run writes; what fills it is ballast. */
    private static final int DISK_BYTES = 256 << 20;
    private static final int PIECE = 1 << 16;
    private static final String BOOT_TIME = "btime ";

    private final Path directory;
    private final Path clock;
    private final RelayProcess disk;

    /** The mount ends with the process that holds its namespace. */
    SoakStage(Path directory) throws IOException {
        this.directory = directory;
        this.clock = Files.copy(Path.of("/proc/stat"), directory.resolve("stat"));
        final Path mount = Files.createDirectory(directory.resolve("disk"));
        this.disk = RelayProcess.start("exec unshare -m sh -c 'mount -t tmpfs -o size=" + DISK_BYTES + " tmpfs " + mount
                + " && echo mounted && exec sleep infinity'", Path.of("/dev/null"));
        disk.awaitOut("mounted");
    }

    /** Where the application and its channel are; a Unix-domain socket is in it, whose name must be short. */
    Path application() {
        return directory.resolve("app");
    }

    /** Where those who collect write, by the name that it has for them. */
    Path output() {
        return directory.resolve("disk/out");
    }

    /** The same, as it is seen from here. */
    Path seenOutput() {
        return seenDisk().resolve("out");
    }

    private Path seenDisk() {
        return Path.of("/proc/" + disk.process().pid() + "/root" + directory + "/disk");
    }

    /** A shell that begins a container, which sees the disk or not. */
    private String container(boolean withDisk) {
        return "exec " + (withDisk ? "nsenter --mount=/proc/" + disk.process().pid() + "/ns/mnt " : "")
                + "unshare --pid --fork --kill-child --mount-proc --ipc --uts --net --mount sh -c '"
                + "mount -t tmpfs -o size=64m tmpfs /dev/shm && mount --bind " + clock
                + " /proc/stat && exec \"$@\"' sh \"$@\"";
    }

    RelayProcess startApplication(Path books, int writers) {
        return RelayProcess.start(container(false), null, SoakApplication.class, application().toString(),
                books.toString(), Integer.toString(writers));
    }

    /** With sizes and mode of its own, which only the first one of a run chooses. */
    RelayProcess startCollector(String... options) {
        final List<String> arguments = new ArrayList<>(List.of("collect", application().toString(), "-o",
                output().toString(), "--json"));
        arguments.addAll(List.of(options));
        return start(true, arguments.toArray(String[]::new));
    }

    /** Starts a command in a container of its own. */
    RelayProcess start(boolean withDisk, String... arguments) {
        return RelayProcess.start(container(withDisk), Path.of("/dev/null"), arguments);
    }

    /** The JVM in a container, as this side numbers it. */
    static ProcessHandle jvm(RelayProcess container) {
        return container.process().descendants().filter(child -> child.children().findAny().isEmpty()).findFirst()
                .orElseThrow();
    }

    static void signal(String name, RelayProcess container) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(jvm(container).pid())).start().waitFor())
                .isZero();
    }

    /** Everybody's wall clock is stepped: what they compute the starts of processes from is another. */
    void stepClock(Random random) throws IOException {
        final String stat = Files.readString(clock);
        final int at = stat.indexOf(BOOT_TIME) + BOOT_TIME.length();
        try (FileChannel file = FileChannel.open(clock, StandardOpenOption.WRITE)) { // the file that is mounted
            file.write(ByteBuffer.wrap(Integer.toString(1_000_000_000 + random.nextInt(1_000_000_000))
                    .getBytes(StandardCharsets.US_ASCII)), at);
        }
    }

    /** Takes all the room that is left. */
    void fillDisk() throws IOException {
        try (FileChannel ballast = FileChannel.open(seenDisk().resolve("ballast"), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
            for (;;) {
                ballast.write(ByteBuffer.allocate(PIECE));
            }
        } catch (IOException full) {
            assertThat(full).hasMessage("No space left on device");
        }
    }

    void makeRoom() throws IOException {
        Files.deleteIfExists(seenDisk().resolve("ballast"));
    }

    @Override
    public void close() {
        disk.close();
    }
}
