package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.exec.SmallModels;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * Files that may be {@code .qv} models: read, planned, packed and run. An input is a letter and a text: {@code F} and the
 * bytes of a whole file; {@code T}, {@code R} or {@code P} and the graph's JSON alone, which goes with the tensors of the
 * transformer, the recurrent model or the one with packed weights into a sound file, so that the fuzzer reaches the planner;
 * {@code W} and what a file says of packed weights. {@code mvn -Pfuzz verify} fuzzes.
 */
public class QvFuzzTest {
    private static final String GRAPH = "graph";
    private static final byte[] TRANSFORMER = file(SmallModels.transformer());
    private static final String WEIGHTS = "packed";
    private static final byte[] PACKED = file(SmallModels.packed());
    private static final byte[] RECURRENT = file(SmallModels.recurrent());

    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    @DictionaryEntries({
        "\\x22op\\x22:\\x22slice\\x22",
        "\\x22op\\x22:\\x22concat\\x22",
        "\\x22op\\x22:\\x22expand\\x22",
        "\\x22op\\x22:\\x22arange\\x22",
        "\\x22op\\x22:\\x22fill\\x22",
        "\\x22op\\x22:\\x22matmul\\x22",
        "\\x22op\\x22:\\x22embedding\\x22",
        "\\x22op\\x22:\\x22var\\x22",
        "\\x22op\\x22:\\x22where\\x22",
        "\\x22op\\x22:\\x22cumsum\\x22",
        "\\x22op\\x22:\\x22group_norm\\x22",
        "\\x22attributes\\x22:{",
        "floor(T, 2)",
        "max(T, 4)",
        "9223372036854775807",
        "2147483647",
        "\\x22precision\\x22:\\x22bfloat16\\x22",
        "\\x22precision\\x22:\\x22int8-dynamic\\x22",
        "\\x22bits\\x22:",
        "\\x22scheme\\x22:\\x22linear\\x22",
        "\\x22scheme\\x22:\\x22log2\\x22",
        "\\x22shape\\x22:["
    })
    @FuzzTest(maxDuration = "60s")
    void runsOrRefuses(byte[] input) throws IOException {
        Path folder = Files.createTempDirectory("quantvoice-fuzz");
        try {
            new DamagedFile(folder).runsOrRefuses(content(input), "an input of the fuzzer");
        } finally {
            Files.deleteIfExists(folder.resolve("damaged.qv"));
            Files.delete(folder);
        }
    }

    private static byte[] content(byte[] input) {
        byte[] rest = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
        char kind = input.length == 0 ? 'F' : (char) input[0];
        return switch (kind) {
            case 'T' -> with(GRAPH, TRANSFORMER, rest);
            case 'R' -> with(GRAPH, RECURRENT, rest);
            case 'P' -> with(GRAPH, PACKED, rest);
            case 'W' -> with(WEIGHTS, PACKED, rest);
            default -> rest;
        };
    }

    static Stream<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(prefixed('F', TRANSFORMER));
        seeds.add(prefixed('F', RECURRENT));
        seeds.add(prefixed('F', PACKED));
        seeds.add(prefixed('T', metadata(GRAPH, TRANSFORMER)));
        seeds.add(prefixed('R', metadata(GRAPH, RECURRENT)));
        seeds.add(prefixed('P', metadata(GRAPH, PACKED)));
        seeds.add(prefixed('W', metadata(WEIGHTS, PACKED)));
        return seeds.stream();
    }

    /** Else the fuzzer would learn of refusals only. */
    @Test
    void seedsRun() throws IOException {
        Path folder = Files.createTempDirectory("quantvoice-seeds");
        try {
            for (byte[] seed : seeds().toList()) {
                assertThat(new DamagedFile(folder).runsOrRefuses(content(seed), "a seed"))
                        .as("seed %s", (char) seed[0])
                        .isTrue();
            }
        } finally {
            Files.deleteIfExists(folder.resolve("damaged.qv"));
            Files.delete(folder);
        }
    }

    private static byte[] prefixed(char kind, byte[] content) {
        byte[] result = new byte[content.length + 1];
        result[0] = (byte) kind;
        System.arraycopy(content, 0, result, 1, content.length);
        return result;
    }

    private static byte[] file(Graph graph) {
        try {
            Path file = Files.createTempFile("quantvoice-seed", ".qv");
            try {
                return Files.readAllBytes(SmallModels.write(graph, file));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int headerEnd(byte[] file) {
        return Long.BYTES
                + (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    }

    private static String header(byte[] file) {
        return new String(file, Long.BYTES, headerEnd(file) - Long.BYTES, StandardCharsets.UTF_8);
    }

    private static byte[] metadata(String key, byte[] file) {
        String text =
                JsonReader.parse(header(file)).get("__metadata__").get(key).string();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] with(String key, byte[] file, byte[] value) {
        String old = JsonWriter.compact(new String(metadata(key, file), StandardCharsets.UTF_8));
        String header = header(file).replace(old, JsonWriter.compact(new String(value, StandardCharsets.UTF_8)));
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .array());
        out.writeBytes(text);
        out.write(file, headerEnd(file), file.length - headerEnd(file));
        return out.toByteArray();
    }
}
