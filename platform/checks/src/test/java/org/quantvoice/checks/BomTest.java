package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BomTest {
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(quantvoice-.*?)</artifactId>");

    @Test
    void theBillOfMaterialsListsWhateverIsPublished() throws IOException {
        Set<String> published = new TreeSet<>();
        for (String module : MODULE.matcher(pom("."))
                .results()
                .map(m -> m.group(1))
                .filter(m -> !m.endsWith("bom"))
                .toList()) {
            String pom = pom(module);
            if (!pom.contains("<maven.deploy.skip>true")) {
                published.add(ARTIFACT.matcher(pom.substring(pom.indexOf("</parent>")))
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1));
            }
        }
        String bom = pom("platform/quantvoice-bom");
        Set<String> listed = ARTIFACT.matcher(bom.substring(bom.indexOf("<dependencies>")))
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(published).hasSizeGreaterThan(5);
        assertThat(listed).isEqualTo(published);
    }

    private static String pom(String module) throws IOException {
        Path folder = Jars.ROOT.resolve(module);
        return Files.readString(folder.resolve("pom.xml"));
    }
}
