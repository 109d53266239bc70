package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.internal.json.JsonReader;

/** The command line in the locale of a container, where the JVM's own character set is ASCII. */
class LocaleTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));

    @TempDir
    Path dir;

    private record Result(int code, String out, String err) {}

    private Result run(Map<String, String> environment, List<String> options, String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.quantvoice.cli.Main"));
        command.addAll(List.of(args));
        return start(environment, command);
    }

    private Result start(Map<String, String> environment, List<String> command) throws Exception {
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("LANG");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** A model card whose tokens for "nine" are umlauts and Chinese characters. */
    private Path tokens() throws IOException {
        String card = Files.readString(ROOT.resolve("models/digits/model/tokens.json"));
        Path changed = dir.resolve("tokens.json");
        assertThat(card).contains("\"n\"", "\"e\"");
        Files.writeString(changed, card.replace("\"n\"", "\"ö\"").replace("\"e\"", "\"北\""));
        return changed;
    }

    @Test
    void wordsAreUtf8WhateverTheLocale() throws Exception {
        String audio = ROOT.resolve("models/digits/test/test-george-02.flac").toString();
        Result json = run(
                Map.of("LC_ALL", "C"),
                List.of("-Duser.language=ar", "-Duser.country=EG"),
                "transcribe",
                audio,
                "--vocabulary",
                tokens().toString(),
                "--greedy",
                "--json");
        assertThat(json.code()).as(json.toString()).isZero();
        assertThat(json.out()).contains("ö", "北").doesNotContain("?");
        assertThat(JsonReader.parse(json.out().getBytes(StandardCharsets.UTF_8))
                        .get("files")
                        .items()
                        .get(0)
                        .get("text")
                        .string())
                .contains("öiö北");
        assertThat(json.err()).as("numbers are those of no country").containsPattern("RTF [0-9]+\\.[0-9]{4}");
    }

    @Test
    void anArgumentThatTheLocaleCannotExpressIsNamed() throws Exception {
        // The shell writes the letters: this JVM may be in the same locale.
        String java = ProcessHandle.current().info().command().orElseThrow();
        Result result = start(
                Map.of("LC_ALL", "C"),
                List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" -cp \"$1\" org.quantvoice.cli.Main transcribe \"$(printf 'gr\\303\\266\\303\\237e.flac')\"",
                        java,
                        System.getProperty("java.class.path")));
        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        assertThat(result.err()).startsWith("error: got the argument gr").contains("set LC_ALL=C.UTF-8");
    }
}
