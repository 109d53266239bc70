package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What a native-image build is told; there is no such build here, so the tellings are compared with what is packaged. */
class NativeImageTest {
    private static final Pattern REFLECTION = Pattern.compile(
            "\\(Ljava/lang/String;\\)Ljava/lang/Class;|java/lang/reflect/(Method|Field|Constructor|Proxy)|getDeclared(Method|Field|Constructor)");
    private static final String FOLDER = "META-INF/native-image/org.quantvoice/";

    @Test
    void everyClassThatTheBindingLooksUpIsListed() throws IOException {
        Set<String> listed = names("jni-config.json");
        Set<String> lookedUp = new HashSet<>();
        Path binding = Jars.ROOT.resolve("native/build-" + platform() + "/jni");
        for (String file : List.of("jnijavacpp.cpp", "jniquantvoice.cpp")) {
            Pattern.compile("JavaCPP_classNames\\[\\d+\\] = \\{(.*?)}", Pattern.DOTALL)
                    .matcher(Files.readString(binding.resolve(file)))
                    .results()
                    .flatMap(list -> Pattern.compile("\"([^\"]+)\"")
                            .matcher(list.group(1))
                            .results())
                    .map((MatchResult name) -> name.group(1).replace('/', '.'))
                    .forEach(lookedUp::add);
        }
        assertThat(lookedUp).hasSizeGreaterThan(20);
        assertThat(listed).containsAll(lookedUp).contains("org.quantvoice.internal.kernels.Library");
    }

    @Test
    void everyListedClassExists() throws Exception {
        for (String file : List.of("jni-config.json", "reflect-config.json")) {
            for (String name : names(file)) {
                Class.forName(name, false, getClass().getClassLoader());
            }
        }
    }

    @Test
    void theResourcesArePacked() throws IOException {
        assertThat(packed(Jars.natives())).anyMatch(matches("quantvoice-core-"));
        assertThat(packed(Jars.matching("quantvoice-model-digits-").get(0)))
                .filteredOn(name -> name.endsWith("digits.qv") || name.endsWith("tokens.json"))
                .hasSize(2)
                .allMatch(matches("quantvoice-model-digits-"));
    }

    /** What the classes of the SDK ask their loader for: a native image has only what is listed. Services it finds by itself. */
    @Test
    void everyResourceOfTheSdkIsListed() throws IOException {
        List<String> resources = packed(sdk()).stream()
                .filter(name -> !name.endsWith("/") && !name.endsWith(".class") && !name.startsWith("META-INF/"))
                .toList();
        assertThat(resources).isNotEmpty().allMatch(matches("quantvoice-core-"));
    }

    /**
     * What is found by a name that is made at run time would have to be listed. Services alone looks for one: whether a loader knows
     * the SDK; an image says no, and the SDK's own loader is taken, the only one that it has.
     */
    @Test
    void theSdkFindsNothingElseByName() throws IOException {
        List<String> reflective = new ArrayList<>();
        try (ZipFile zip = new ZipFile(sdk().toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().endsWith(".class")) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        String names = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                        if (REFLECTION.matcher(names).find()) {
                            reflective.add(entry.getName());
                        }
                    }
                }
            }
        }
        assertThat(reflective).containsExactly("org/quantvoice/internal/engine/Services.class");
    }

    private static java.util.function.Predicate<String> matches(String jar) throws IOException {
        JsonNode includes = read(jar, "resource-config.json").at("/resources/includes");
        assertThat(includes).isNotEmpty();
        java.util.function.Predicate<String> any = name -> false;
        for (JsonNode include : includes) {
            any = any.or(Pattern.compile(include.get("pattern").asText()).asMatchPredicate());
        }
        return any;
    }

    private static Path sdk() {
        return Jars.matching("quantvoice-core-").stream()
                .filter(jar -> !Jars.isNatives(jar))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> packed(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                Stream<? extends ZipEntry> entries = zip.stream()) {
            return entries.map(ZipEntry::getName).toList();
        }
    }

    private static Set<String> names(String file) throws IOException {
        Set<String> names = new HashSet<>();
        read("quantvoice-core-", file)
                .forEach(entry -> names.add(entry.get("name").asText()));
        return names;
    }

    private static JsonNode read(String prefix, String file) throws IOException {
        Path jar = Jars.matching(prefix).stream()
                .filter(j -> !Jars.isNatives(j))
                .findFirst()
                .orElseThrow();
        String artifact = prefix.substring(0, prefix.length() - 1);
        try (ZipFile zip = new ZipFile(jar.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(FOLDER + artifact + "/" + file))) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static String platform() {
        return Jars.natives().getFileName().toString().replaceAll(".*-(\\w+-(x86_64|arm64))\\.jar", "$1");
    }
}
