package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.archive.Tars;
import org.quantvoice.internal.json.JsonWriter;
import org.quantvoice.source.Imports;

/**
 * Folders of which one file is anything, and files of NeMo of which a part is: read into a graph, and their tokens. An input is a letter, which chooses the file, and
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
            "pytorch_model.bin",
            "model_config.yaml",
            "model_weights.ckpt",
            "model.nemo");
    /** Those of them that are parts of a file of NeMo, or one as a whole. */
    private static final List<String> NEMO = FILES.subList(9, 12);

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
                JsonWriter.compact(Map.of("weight_map", Map.of("a", "model-1.safetensors")))));
        seeds.add(seed("pytorch_model.bin", FixtureFolder.checkpoint("half")));
        seeds.add(seed("pytorch_model.bin", FixtureFolder.checkpoint("hostile")));
        byte[] nemo = nemo(false);
        seeds.add(seed("model.nemo", nemo));
        seeds.add(seed("model.nemo", nemo(true)));
        Map<String, byte[]> parts = Tars.files(nemo);
        for (String part : List.of("model_config.yaml", "model_weights.ckpt")) {
            seeds.add(seed(part, Objects.requireNonNull(parts.get(part))));
        }
        return seeds.stream();
    }

    private static byte[] nemo(boolean gzipped) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                        FolderFuzzTest.class.getResourceAsStream("/huggingface/nemo/hybrid-char.nemo"));
                InputStream content = gzipped ? in : new GZIPInputStream(in)) {
            return content.readAllBytes();
        }
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
        if (NEMO.contains(FILES.get(chosen))) {
            aFileOfNemoIsReadOrRefused(FILES.get(chosen), Arrays.copyOfRange(input, 1, input.length));
            return;
        }
        Path folder = FIXTURE.write(Files.createTempDirectory("fuzz"));
        try {
            if (FILES.get(chosen).endsWith("index.json") || FILES.get(chosen).endsWith(".bin")) {
                Files.delete(folder.resolve("model.safetensors"));
            }
            Files.write(folder.resolve(FILES.get(chosen)), Arrays.copyOfRange(input, 1, input.length));
            try {
                Imports.graph(new FolderSource(), folder).close();
                Imports.tokens(new FolderSource(), folder);
            } catch (QuantVoiceException e) {
                assertThat(e.got()).isNotBlank();
                assertThat(e.cure()).isNotBlank();
            }
        } finally {
            delete(folder);
        }
    }

    /** A tar file, or a sound one of which a part is anything: YAML, or a checkpoint with its pickle. */
    private static void aFileOfNemoIsReadOrRefused(String name, byte[] content) throws IOException {
        byte[] whole = content;
        if (!name.equals("model.nemo")) {
            Map<String, byte[]> parts = Tars.files(nemo(false));
            parts.put(name, content);
            whole = Tars.of(parts);
        }
        Path file = Files.write(Files.createTempFile("fuzz", ".nemo"), whole);
        try {
            Imports.graph(new NemoSource(), file).close();
            Imports.tokens(new NemoSource(), file);
        } catch (QuantVoiceException e) {
            assertThat(e.got()).isNotBlank();
            assertThat(e.cure()).isNotBlank();
        } finally {
            Files.delete(file);
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

    /** Parts of a file of NeMo that end anywhere, or of which a byte is another, are read or refused. */
    @Test
    void filesOfNemoCutAnywhere() throws IOException {
        List<byte[]> seeds =
                seeds().filter(seed -> NEMO.contains(FILES.get(seed[0] - 'A'))).toList();
        assertThat(seeds).hasSize(NEMO.size() + 1);
        for (byte[] seed : seeds) {
            int step = Math.max(17, seed.length / 60);
            for (int end = 1; end < seed.length; end += step) {
                aFolderIsReadOrRefused(Arrays.copyOf(seed, end));
                byte[] changed = seed.clone();
                changed[end] ^= (byte) (1 << end % 7);
                aFolderIsReadOrRefused(changed);
            }
        }
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
