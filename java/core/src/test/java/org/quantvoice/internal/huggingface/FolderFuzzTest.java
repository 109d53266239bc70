package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonWriter;

/**
 * Folders of which one file is anything: read into a graph, and its tokens. An input is a letter, which chooses the file, and
 * the file's content. {@code mvn -Pfuzz verify} fuzzes.
 */
public class FolderFuzzTest {
    private static final List<String> FILES = List.of(
            "config.json",
            "model.safetensors",
            "preprocessor_config.json",
            "vocab.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokens.txt",
            "model.safetensors.index.json",
            "pytorch_model.bin");
    private static final FixtureFolder FIXTURE = FixtureFolder.of("wav2vec2-activation-linear");

    static Stream<byte[]> seeds() throws IOException {
        Path folder = FIXTURE.write(Files.createTempDirectory("seed"));
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("config.json", "model.safetensors", "preprocessor_config.json")) {
            seeds.add(seed(name, Files.readAllBytes(folder.resolve(name))));
        }
        seeds.add(seed("vocab.json", "{\"<pad>\": 0, \"|\": 1, \"a\": 2}"));
        seeds.add(seed(
                "tokenizer.json",
                "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]]}, \"added_tokens\": []}"));
        seeds.add(seed("tokenizer.model", "\n\b\n\u0001a\u0015\0\0\0\0"));
        seeds.add(seed("tokens.txt", "<blk> 0\na 1\n"));
        seeds.add(seed(
                "model.safetensors.index.json",
                JsonWriter.compact(java.util.Map.of("weight_map", java.util.Map.of("a", "model-1.safetensors")))));
        seeds.add(seed("pytorch_model.bin", FixtureFolder.checkpoint("half")));
        seeds.add(seed("pytorch_model.bin", FixtureFolder.checkpoint("hostile")));
        return seeds.stream();
    }

    private static byte[] seed(String name, String text) {
        return seed(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] seed(String name, byte[] content) {
        byte[] input = new byte[content.length + 1];
        input[0] = (byte) ('A' + FILES.indexOf(name));
        System.arraycopy(content, 0, input, 1, content.length);
        return input;
    }

    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    @FuzzTest(maxDuration = "1m") // Jazzer wants to be the last annotation
    void aFolderIsReadOrRefused(byte[] input) throws IOException {
        int chosen = input.length == 0 ? -1 : input[0] - 'A';
        if (chosen < 0 || chosen >= FILES.size()) {
            return;
        }
        Path folder = FIXTURE.write(Files.createTempDirectory("fuzz"));
        try {
            if (FILES.get(chosen).endsWith("index.json") || FILES.get(chosen).endsWith(".bin")) {
                Files.delete(folder.resolve("model.safetensors"));
            }
            Files.write(folder.resolve(FILES.get(chosen)), Arrays.copyOfRange(input, 1, input.length));
            try {
                new FolderSource().read(folder).close();
                new FolderSource().tokens(folder);
            } catch (QuantVoiceException e) {
                assertThat(e.got()).isNotBlank();
                assertThat(e.cure()).isNotBlank();
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Weights that end anywhere in their header, and configurations cut anywhere, are refused as what they are. */
    @Test
    void filesCutAnywhere() throws IOException {
        for (byte[] seed : seeds().limit(3).toList()) {
            for (int end = 1; end < Math.min(seed.length, 1500); end += 13) {
                aFolderIsReadOrRefused(Arrays.copyOf(seed, end));
            }
        }
    }
}
