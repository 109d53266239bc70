package org.quantvoice.internal.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.source.Imports;

/** ONNX files that are anything, read into a graph. {@code mvn -Pfuzz verify} fuzzes. */
public class OnnxFuzzTest {

    static Stream<byte[]> seeds() {
        Proto small = new Proto()
                .message(1, Proto.node("MatMul", "wavs,w", "a"))
                .message(1, Proto.node("Softmax", "a", "b").message(5, Proto.attribute("axis", -1)))
                .message(5, Proto.floats("w", new float[4], 2, 2))
                .message(11, Proto.value("wavs", 1, -1, 2))
                .message(12, Proto.value("b", 1, -1, -1));
        return Stream.of(Proto.model(small), Fixtures.bytes("pieces-dynamo"), Fixtures.bytes("masked-script"));
    }

    @MethodSource("seeds")
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    @FuzzTest(maxDuration = "1m") // Jazzer wants to be the last annotation
    void aFileIsReadOrRefused(byte[] input) throws IOException {
        Path file = Files.createTempFile("fuzz", ".onnx");
        try {
            Files.write(file, input);
            Imports.graph(new OnnxSource(), file).close();
            Imports.tokens(new OnnxSource(), file);
        } catch (QuantVoiceException e) {
            assertThat(e.got()).isNotBlank();
            assertThat(e.cure()).isNotBlank();
        } finally {
            Files.delete(file);
        }
    }
}
