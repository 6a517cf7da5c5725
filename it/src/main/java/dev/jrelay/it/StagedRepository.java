// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Checks that a Maven repository holds what a public one asks for and what users are promised: complete poms without a
 * parent, the licence in each jar, sources and documentation, checksums and signatures.
 *
 * <pre>
 *   ./relay install DIR
 *   java it/src/main/java/dev/jrelay/it/StagedRepository.java DIR
 * </pre>
 */
public final class StagedRepository {
    private static final List<String> REQUIRED = List.of("name", "description", "url", "licenses/license/name",
            "licenses/license/url", "developers/developer/name", "scm/connection", "scm/developerConnection",
            "scm/url");
    private static final List<String> FORBIDDEN = List.of("parent", "build", "profiles", "repositories",
            "dependencies/dependency[scope='test']");
    private static final String BILL = "jrelay-bom";
    private static final String MANAGED = "dependencyManagement/dependencies/dependency/artifactId";

    private final XPath paths = XPathFactory.newInstance().newXPath();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> libraries = new TreeSet<>();
    private final Set<String> managed = new TreeSet<>();
    private final boolean released;
    private final boolean signed;

    private StagedRepository(boolean released, boolean signed) {
        this.released = released;
        this.signed = signed;
    }

    /**
     * Checks all artifacts of the project in a repository.
     *
     * @param repository folder with the repository's layout
     * @param released whether sources, documentation and checksums have to be there
     * @param signed whether each file has to have a signature
     * @return what is wrong, a line each; empty if nothing is
     */
    public static List<String> problems(Path repository, boolean released, boolean signed) throws IOException {
        final StagedRepository check = new StagedRepository(released, signed);
        final Path group = repository.resolve("dev/jrelay");
        final List<Path> poms;
        try (Stream<Path> files = Files.isDirectory(group) ? Files.walk(group) : Stream.empty()) {
            poms = files.filter(file -> file.toString().endsWith(".pom")).sorted().toList();
        }
        for (final Path pom : poms) {
            check.artifact(pom);
        }
        check.require(!poms.isEmpty(), repository, "has no artifact of dev.jrelay");
        if (!check.managed.equals(check.libraries)) {
            check.problems.add(BILL + " names " + check.managed + ", there are " + check.libraries);
        }
        return check.problems;
    }

    private void artifact(Path pom) throws IOException {
        final Document document = parse(pom);
        for (final String path : REQUIRED) {
            require(!texts(document, path).isEmpty(), pom, "has no " + path);
        }
        for (final String path : FORBIDDEN) {
            require(texts(document, path).isEmpty(), pom, "has a " + path);
        }
        require(!Files.readString(pom).contains("${"), pom, "has a property that is not resolved");
        published(pom);
        final String name = texts(document, "artifactId").getFirst();
        if (name.equals(BILL)) {
            managed.addAll(texts(document, MANAGED));
            return;
        }
        libraries.add(name);
        require(texts(document, MANAGED).isEmpty(), pom, "manages dependencies");
        for (final String suffix : released ? List.of("", "-sources", "-javadoc") : List.of("")) {
            jar(pom.resolveSibling(pom.getFileName().toString().replaceFirst("\\.pom$", suffix + ".jar")));
        }
    }

    private void jar(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            problems.add(jar + " is not there");
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            require(zip.getEntry("META-INF/LICENSE") != null, jar, "has no META-INF/LICENSE");
        }
        published(jar);
    }

    /** What goes with each published file. */
    private void published(Path file) throws IOException {
        if (released) {
            checksum(file, "md5", "MD5");
            checksum(file, "sha1", "SHA-1");
        }
        require(!signed || Files.exists(Path.of(file + ".asc")), file, "is not signed");
    }

    private void checksum(Path file, String suffix, String algorithm) throws IOException {
        final Path recorded = Path.of(file + "." + suffix);
        require(Files.exists(recorded) && Files.readString(recorded).strip().equals(digest(file, algorithm)), file,
                "does not have the " + algorithm + " in " + recorded.getFileName());
    }

    private static String digest(Path file, String algorithm) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void require(boolean condition, Path file, String problem) {
        if (!condition) {
            problems.add(file + " " + problem);
        }
    }

    private static Document parse(Path pom) throws IOException {
        try (InputStream content = Files.newInputStream(pom)) {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(content);
        } catch (ParserConfigurationException | SAXException failure) {
            throw new IOException(pom + ": " + failure.getMessage(), failure);
        }
    }

    private List<String> texts(Document pom, String path) {
        try {
            final NodeList nodes = (NodeList) paths.evaluate("/project/" + path, pom, XPathConstants.NODESET);
            return IntStream.range(0, nodes.getLength()).mapToObj(i -> nodes.item(i).getTextContent().strip())
                    .toList();
        } catch (XPathExpressionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Checks a repository made by a release; signatures are asked for where there is a key to sign with. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("StagedRepository: needs one argument, the repository's folder");
            System.exit(2);
        }
        final boolean signed = System.getenv("MAVEN_GPG_KEY") != null;
        final List<String> problems = problems(Path.of(arguments[0]), true, signed);
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            System.exit(1);
        }
        System.out.println(arguments[0] + ": complete" + (signed ? " and signed" : ", not signed: no MAVEN_GPG_KEY"));
    }
}
