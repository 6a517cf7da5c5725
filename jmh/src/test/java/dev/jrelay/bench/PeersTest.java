// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Peers are named once, and benchmarks get them by groups. That each can be opened in its groups: {@link SmokeIT}. */
class PeersTest {
    private static final Pattern LITERAL = Pattern.compile("\"[^\"\n]*\"");

    @Test
    void noTwoHaveTheSameName() {
        assertThat(Peers.all()).extracting(Peer::name).doesNotHaveDuplicates();
        assertThat(Peers.all()).extracting(Peer::label).doesNotHaveDuplicates();
    }

    @Test
    void groupsAreThoseThatBenchmarksNameAndNoneIsEmpty() {
        assertThat(Group.ALL).allSatisfy(group -> assertThat(Peers.in(group)).as(group).isNotEmpty());
        assertThat(Peers.all()).allSatisfy(peer -> assertThat(Group.ALL).containsAll(peer.groups()));
        assertThat(Peers.all()).filteredOn(peer -> peer.groups().isEmpty()).extracting(Peer::name)
                .containsExactly(Lttng.EVENT);
        assertThat(Part.benchmarks(List.of())).flatExtracting(each -> Part.parameters(each).entrySet())
                .filteredOn(each -> Row.isSubject(each.getKey()))
                .allSatisfy(each -> assertThat(Group.ALL).contains(each.getValue()));
    }

    /** In literals of code; prose has words, of which some are names. So are those of nobody. */
    @Test
    void aNameStandsInOneFile() throws IOException {
        final Map<String, List<String>> files = new TreeMap<>();
        try (var sources = Files.list(Path.of("src/main/java/dev/jrelay/bench"))) {
            for (final Path source : sources.toList()) {
                final List<String> words = LITERAL.matcher(Files.readString(source)).results()
                        .flatMap(literal -> Stream.of(literal.group().split("[^\\w-]")).filter(word ->
                                !literal.group().contains(" ") || word.contains("-"))).distinct().toList();
                Peers.all().stream().map(Peer::name).filter(words::contains).forEach(name ->
                        files.computeIfAbsent(name, key -> new ArrayList<>()).add(source.getFileName().toString()));
            }
        }
        Harness.PEERS.forEach(nobody -> files.remove(nobody.name()));
        assertThat(files).containsEntry(Agrona.ONE_TO_ONE, List.of("Agrona.java")).hasSizeGreaterThan(15)
                .allSatisfy((name, where) -> assertThat(where).as(name).hasSize(1));
    }

    /** Or the compiler of a measured JVM has to expect the methods of others. */
    @Test
    void whoIsNotOpenedIsNotLoaded() throws Exception {
        try (Fresh fresh = new Fresh()) {
            final Method open = fresh.loadClass(Subject.class.getName()).getDeclaredMethod("open", String.class,
                    fresh.loadClass(Setting.class.getName()));
            final Constructor<?> setting = fresh.loadClass(Setting.class.getName()).getDeclaredConstructor(int.class,
                    int.class, String.class);
            open.setAccessible(true);
            setting.setAccessible(true);
            open.invoke(null, Harness.NONE, setting.newInstance(64, 1 << 16, Place.MEMORY));
            assertThat(fresh.subjects).containsExactly(Harness.class.getName() + "$Counts");
        }
    }

    /** Loads the benchmarks' classes anew. */
    private static final class Fresh extends URLClassLoader {
        private final List<String> subjects = new ArrayList<>();

        Fresh() {
            super(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                    .map(Fresh::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        }

        private static URL url(Path path) {
            try {
                return path.toUri().toURL();
            } catch (MalformedURLException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            final Class<?> found = super.findClass(name);
            if (found.getSuperclass() != null && found.getSuperclass().getName().equals(Subject.class.getName())) {
                subjects.add(name);
            }
            return found;
        }
    }

    @Test
    void onlyChannelsRunInEachStorage() {
        final List<Part> parts = new Selection(List.of("SharedWrite", "MixedSizes"),
                List.of("storage=heap,files", "size=64")).parts();
        assertThat(parts).hasSize(3);
        assertThat(parts).extracting(part -> part.parameters().get("subject")).containsExactlyInAnyOrder(null,
                List.of(Relay.SHARED, Relay.SHARED + Relay.OVERWRITE), Peers.in(Group.MANY_WRITERS).stream()
                .filter(peer -> !peer.isOwn()).map(Peer::name).toList());
        assertThat(parts).filteredOn(part -> part.parameters().containsKey("subject"))
                .extracting(part -> part.parameters().get(Place.STORAGE))
                .containsExactly(List.of(Place.HEAP, Place.FILES), List.of(Place.MEMORY));
    }

    @Test
    void aGroupChoosesThoseThatAreInBoth() {
        assertThat(new Selection(List.of("ReserveCommit"), List.of("subject=overwrite,none")).parts())
                .extracting(part -> part.parameters().get("subject"))
                .containsExactly(List.of(Relay.EXCLUSIVE + Relay.OVERWRITE, Relay.SHARED + Relay.OVERWRITE),
                        List.of(Harness.NONE));
    }

    @Test
    void whatCannotBeRunIsNamed() {
        refused("SharedWrite", "subject=nonsense", "subject=nonsense: must be one of ", Agrona.MANY_TO_ONE,
                Group.OVERWRITE);
        refused("SharedWrite", "subject=" + Agrona.ONE_TO_ONE, Agrona.ONE_TO_ONE + "]}: none of these", Relay.SHARED);
        refused("SharedWrite", "storage=mixed", "storage=mixed: must be one of memory, heap, files");
        assertThat(new Selection(List.of("ManyChannels"), List.of("storage=mixed")).parts()).hasSize(1);
        refused("SharedWrite", "subject", "--param subject: must be KEY=A,B");
        refused("SharedWrite", "siez=64", "--param siez: these benchmarks have capacity, size, storage, subject");
        refused("Nonsense", "size=64", "Nonsense: no benchmark is called so");
        assertThat(Bench.run("Nonsense")).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    private static void refused(String benchmark, String parameter, String... said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Selection(List.of(benchmark), List.of(parameter)).parts())
                .withMessageContainingAll(said);
    }

    @Test
    void aRowSaysItsStorageWithItsSubject() {
        assertThat(Names.of(Row.subject(Relay.SHARED + Relay.OVERWRITE, Place.HEAP)))
                .isEqualTo("jrelay shared, overwrite, heap");
        assertThat(Names.of(Row.subject(Relay.SHARED, Place.MEMORY))).isEqualTo("jrelay shared");
        assertThat(Names.isOwn(Row.subject(Relay.SHARED, Place.FILES))).isTrue();
        assertThat(Names.isPeer(Harness.NONE)).isFalse();
    }
}
