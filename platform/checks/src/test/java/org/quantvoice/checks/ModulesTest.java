package org.quantvoice.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars as named modules. */
class ModulesTest {
    private static final String PROGRAM =
            """
            package app;
            public final class Main {
                public static void main(String[] arguments) {
                    try (var session = org.quantvoice.QuantSession.builder().build()) {
                        System.out.println(session.transcribe(java.nio.file.Path.of(arguments[0])).text());
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private static List<Path> ours() {
        return Jars.matching("quantvoice-");
    }

    @Test
    void everyJarHasADescriptor() {
        Map<String, Boolean> modules = new TreeMap<>();
        for (Path jar : ours()) {
            for (ModuleReference module : ModuleFinder.of(jar).findAll()) {
                modules.put(module.descriptor().name(), module.descriptor().isAutomatic());
            }
        }
        String natives = Jars.natives().getFileName().toString().replaceAll(".*-(\\w+)-(x86_64|arm64)\\.jar", "$1.$2");
        assertThat(modules)
                .hasSameSizeAs(ours())
                .doesNotContainValue(true)
                .containsKeys(
                        "org.quantvoice.core",
                        "org.quantvoice.core." + natives,
                        "org.quantvoice.ffmpeg",
                        "org.quantvoice.onnx",
                        "org.quantvoice.torch",
                        "org.quantvoice.server",
                        "org.quantvoice.cli",
                        "org.quantvoice.models.digits",
                        "org.quantvoice.models.u2digits",
                        "org.quantvoice.platform");
    }

    @Test
    void servicesAreTheSameOnBothPaths() throws IOException {
        Set<String> described = new HashSet<>();
        Set<String> listed = new HashSet<>();
        for (Path jar : ours()) {
            ModuleDescriptor module =
                    ModuleFinder.of(jar).findAll().iterator().next().descriptor();
            for (ModuleDescriptor.Provides provides : module.provides()) {
                provides.providers().forEach(p -> described.add(provides.service() + " by " + p));
            }
            listed.addAll(listedIn(jar));
        }
        assertThat(described).isNotEmpty().isEqualTo(listed);
    }

    private static Set<String> listedIn(Path jar) throws IOException {
        Set<String> listed = new HashSet<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            String prefix = "META-INF/services/";
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream()
                    .filter(e -> e.getName().startsWith(prefix) && !e.isDirectory())
                    .map(ZipEntry.class::cast)::iterator) {
                new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(line -> listed.add(entry.getName().substring(prefix.length()) + " by " + line));
            }
        }
        return listed;
    }

    @Test
    void aModularProgramTranscribes() throws Exception {
        List<Path> path = modulePath();
        Path classes = compile(path, "requires org.quantvoice.platform;");
        path.add(classes);
        List<String> command = Child.java(List.of(), "-p", Jars.path(path), "-m", "app/app.Main", Jars.RECORDING);
        Child.Result without = Child.run(command);
        assertThat(without.err())
                .as(without.toString())
                .contains("EngineException", "--add-modules org.quantvoice.core.linux.");
        command.addAll(1, List.of("--add-modules", nativesModule()));
        Child.Result with = Child.run(command);
        assertThat(with.out()).as(with.toString()).isEqualTo(Jars.WORDS + "\n");
    }

    @Test
    void theCommandLineRunsAsAModule() throws Exception {
        Child.Result result = Child.run(Child.java(
                List.of(),
                "-p",
                Jars.path(Jars.all()),
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "org.quantvoice.cli/org.quantvoice.cli.Main",
                "transcribe",
                Jars.RECORDING));
        assertThat(result.out()).as(result.toString()).contains(Jars.WORDS);
    }

    /** Possible as long as everything that a device needs has a descriptor. */
    @Test
    void anImageOfItsOwnTranscribes() throws Exception {
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
        List<Path> path = modulePath();
        path.add(compile(path, "requires org.quantvoice.platform; requires " + nativesModule() + ";"));
        Path image = folder.resolve("image");
        int code = jlink.run(
                System.out, System.err, "-p", Jars.path(path), "--add-modules", "app", "--output", image.toString());
        assertThat(code).isZero();
        String java = image.resolve("bin/java").toString();
        Child.Result result = Child.run(List.of(java, "-m", "app/app.Main", Jars.RECORDING.toString()));
        assertThat(result.out()).as(result.toString()).isEqualTo(Jars.WORDS + "\n");
    }

    private static List<Path> modulePath() {
        List<Path> path = new ArrayList<>(Jars.device());
        path.addAll(Jars.matching("quantvoice-platform-"));
        path.addAll(Jars.matching("jspecify-"));
        return path;
    }

    private static String nativesModule() {
        return ModuleFinder.of(Jars.natives())
                .findAll()
                .iterator()
                .next()
                .descriptor()
                .name();
    }

    private Path compile(List<Path> path, String requires) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("src/app"));
        Path classes = folder.resolve("classes");
        Path module = Files.writeString(folder.resolve("src/module-info.java"), "module app { " + requires + " }");
        Path main = Files.writeString(sources.resolve("Main.java"), PROGRAM);
        ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
        int code = compiler.run(
                System.out,
                System.err,
                "-d",
                classes.toString(),
                "-p",
                Jars.path(path),
                module.toString(),
                main.toString());
        assertThat(code).isZero();
        return classes;
    }
}
