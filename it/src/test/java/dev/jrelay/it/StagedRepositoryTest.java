// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is missing or too much is named, with its file. */
class StagedRepositoryTest {
    private static final String WITHOUT_SCM = """
            <name>n</name><description>d</description><url>u</url>
            <licenses><license><name>n</name><url>u</url></license></licenses>
            <developers><developer><name>n</name></developer></developers>
            """;
    private static final String SCM = """
            <scm><connection>c</connection><developerConnection>c</developerConnection><url>u</url></scm>
            """;
    private static final String COMPLETE = WITHOUT_SCM + SCM;
    private static final String MANAGED = """
            <dependencyManagement><dependencies>
                <dependency><artifactId>jrelay-core</artifactId></dependency>
            </dependencies></dependencyManagement>
            """;

    @TempDir
    private Path repository;

    @BeforeEach
    void complete() throws IOException {
        pom("jrelay-bom", COMPLETE + MANAGED);
        pom("jrelay-core", COMPLETE);
        jar("META-INF/LICENSE");
    }

    private Path file(String name, String suffix) throws IOException {
        return Files.createDirectories(repository.resolve("dev/jrelay/" + name + "/1")).resolve(name + "-1" + suffix);
    }

    private void pom(String name, String content) throws IOException {
        Files.writeString(file(name, ".pom"),
                "<project><artifactId>" + name + "</artifactId>" + content + "</project>");
    }

    private void jar(String entry) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file("jrelay-core", ".jar")))) {
            jar.putNextEntry(new ZipEntry(entry));
        }
    }

    private List<String> problems(boolean released, boolean signed) throws IOException {
        return StagedRepository.problems(repository, released, signed).stream()
                .map(problem -> problem.replaceFirst("^\\S*/", "")).toList();
    }

    @Test
    void nothingToSay() throws IOException {
        assertThat(problems(false, false)).isEmpty();
    }

    @Test
    void incompletePom() throws IOException {
        pom("jrelay-core", WITHOUT_SCM + "<scm><url>${project.url}</url></scm><parent/>" + MANAGED
                + "<dependencies><dependency><scope>test</scope></dependency></dependencies>");
        assertThat(problems(false, false)).containsExactly("jrelay-core-1.pom has no scm/connection",
                "jrelay-core-1.pom has no scm/developerConnection", "jrelay-core-1.pom has a parent",
                "jrelay-core-1.pom has a dependencies/dependency[scope='test']",
                "jrelay-core-1.pom has a property that is not resolved", "jrelay-core-1.pom manages dependencies");
    }

    @Test
    void jarWithoutLicence() throws IOException {
        jar("META-INF/NOTICE");
        assertThat(problems(false, false)).containsExactly("jrelay-core-1.jar has no META-INF/LICENSE");
    }

    @Test
    void noBillOfMaterials() throws IOException {
        Files.delete(file("jrelay-bom", ".pom"));
        assertThat(problems(false, false)).containsExactly("jrelay-bom names [], there are [jrelay-core]");
    }

    @Test
    void emptyRepository() throws IOException {
        assertThat(StagedRepository.problems(repository.resolve("empty"), false, false))
                .singleElement().asString().endsWith("has no artifact of dev.jrelay");
    }

    @Test
    void releaseWithoutWhatGoesWithIt() throws IOException {
        Files.writeString(file("jrelay-bom", ".pom.md5"), "0");
        assertThat(problems(true, false)).containsExactly(
                "jrelay-bom-1.pom does not have the MD5 in jrelay-bom-1.pom.md5",
                "jrelay-bom-1.pom does not have the SHA-1 in jrelay-bom-1.pom.sha1",
                "jrelay-core-1.pom does not have the MD5 in jrelay-core-1.pom.md5",
                "jrelay-core-1.pom does not have the SHA-1 in jrelay-core-1.pom.sha1",
                "jrelay-core-1.jar does not have the MD5 in jrelay-core-1.jar.md5",
                "jrelay-core-1.jar does not have the SHA-1 in jrelay-core-1.jar.sha1",
                "jrelay-core-1-sources.jar is not there", "jrelay-core-1-javadoc.jar is not there");
    }

    @Test
    void notSigned() throws IOException {
        assertThat(problems(false, true)).containsExactly("jrelay-bom-1.pom is not signed",
                "jrelay-core-1.pom is not signed", "jrelay-core-1.jar is not signed");
    }
}
