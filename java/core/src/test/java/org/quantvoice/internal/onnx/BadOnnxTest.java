package org.quantvoice.internal.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.source.Imports;

/** Files that are damaged, hostile, or models of another kind: each is refused with what it is and what to do. */
class BadOnnxTest {
    private static final int FLIPS = 600;
    private static final int HEAD = 1024;

    @TempDir
    Path folder;

    private Path write(byte... content) throws IOException {
        return Files.write(folder.resolve("bad.onnx"), content);
    }

    private Path write(Proto graph) throws IOException {
        return write(Proto.model(graph));
    }

    /** @return what was thrown, or nothing if the file was read */
    private static void readOrRefuse(Path file, String what) {
        try {
            Imports.graph(new OnnxSource(), file).close();
            Imports.tokens(new OnnxSource(), file);
        } catch (QuantVoiceException e) {
            assertThat(e.got()).as(what).isNotBlank();
            assertThat(e.cure()).as(what).isNotBlank();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void cutAtEveryByteOfTheFirstKilobyte() throws IOException {
        byte[] whole = Fixtures.bytes("recurrent-script");
        for (int end = 0; end < HEAD; end++) {
            Path file = write(Arrays.copyOf(whole, end));
            assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                    .as("the first %d bytes", end)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    /** {@code -Dquantvoice.flips=10000} tries more. */
    @Test
    void bitsFlipped() throws IOException {
        byte[] whole = Fixtures.bytes("recurrent-script");
        int flips = Integer.getInteger("quantvoice.flips", FLIPS);
        for (int seed = 0; seed < flips; seed++) {
            Random random = new Random(seed);
            byte[] changed = whole.clone();
            int places = 1 + random.nextInt(3);
            for (int i = 0; i < places; i++) {
                int at = random.nextInt(changed.length);
                changed[at] ^= (byte) (1 << random.nextInt(8));
            }
            readOrRefuse(write(changed), "seed " + seed);
        }
    }

    @Test
    void aCycle() throws IOException {
        Path file = write(new Proto()
                .message(1, Proto.node("Add", "wavs,b", "a"))
                .message(1, Proto.node("Relu", "a", "b"))
                .message(11, Proto.value("wavs", 1, -1, -1))
                .message(12, Proto.value("b", 1, -1, -1)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("cycle");
    }

    @Test
    void aValueThatNothingMakes() throws IOException {
        Path file = write(new Proto()
                .message(1, Proto.node("Add", "wavs,missing", "a"))
                .message(11, Proto.value("wavs", 1, -1, -1))
                .message(12, Proto.value("a", 1, -1, -1)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'missing'");
    }

    @Test
    void anOperatorThatIsNotKnown() throws IOException {
        Path file = write(new Proto()
                .message(1, Proto.node("Relu", "wavs", "a"))
                .message(
                        1, Proto.node("NonMaxSuppression", "a", "b").message(5, Proto.attribute("center_point_box", 1)))
                .message(1, Proto.node("MatMul", "b,w", "c"))
                .message(1, Proto.node("Resize", "c", "d"))
                .message(5, Proto.floats("w", new float[4], 2, 2))
                .message(11, Proto.value("wavs", 1, -1, -1))
                .message(12, Proto.value("d", 1, -1, -1)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("'the NonMaxSuppression'")
                .hasMessageContaining("FLOAT[1, T]")
                .hasMessageContaining("center_point_box=1")
                .hasMessageContaining("1 layers depend on it")
                .hasMessageContaining("also lacks Resize");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "a/../../secret", "link/secret", "..\\secret", ""})
    void weightsOutsideOfTheFolder(String location) throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[16]);
        Path inside = Files.createDirectories(folder.resolve("model"));
        Files.createSymbolicLink(inside.resolve("link"), folder);
        assertThat(secret).exists();
        Proto place = new Proto().text(1, "location").text(2, location);
        Proto tensor = Proto.tensor("w", 1, 2, 2).message(13, place).number(14, 1);
        Path file = Files.write(inside.resolve("model.onnx"), Proto.model(product(tensor)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("in the folder of the model");
    }

    private static Proto product(Proto weight) {
        return new Proto()
                .message(1, Proto.node("MatMul", "wavs,w", "a"))
                .message(5, weight)
                .message(11, Proto.value("wavs", 1, -1, 2))
                .message(12, Proto.value("a", 1, -1, -1));
    }

    @Test
    void weightsBesideTheFile() throws IOException {
        Proto place = new Proto().text(1, "location").text(2, "weights.bin");
        Proto offset = new Proto().text(1, "offset").text(2, "8");
        Proto tensor = Proto.tensor("w", 1, 2, 2)
                .message(13, place)
                .message(13, offset)
                .number(14, 1);
        Path file = write(product(tensor));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("weights.bin");
        Files.write(folder.resolve("weights.bin"), new byte[23]);
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("which has 23");
        Files.write(folder.resolve("weights.bin"), new byte[24]);
        Imports.graph(new OnnxSource(), file).close();
    }

    @Test
    void modelsOfAnotherKind() throws IOException {
        Path image = write(new Proto()
                .message(1, Proto.node("Relu", "x", "a"))
                .message(11, Proto.value("x", 1, -1, 3, 224, 224))
                .message(12, Proto.value("a", 1, -1, 3, 224, 224)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), image))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("[-1, 3, 224, 224]")
                .hasMessageContaining("an acoustic model");
        Path decoder = write(new Proto()
                .message(1, Proto.node("Identity", "ids", "a"))
                .message(11, Proto.value("ids", 7, -1, -1))
                .message(12, Proto.value("a", 7, -1, -1)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), decoder))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("without an input of floats");
        Path deaf = write(new Proto()
                .message(1, Proto.node("Relu", "w", "a"))
                .message(5, Proto.floats("w", new float[4], 2, 2))
                .message(11, Proto.value("wavs", 1, -1, -1))
                .message(12, Proto.value("a", 1, -1, -1)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), deaf))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("does not depend on its input");
    }

    @Test
    void featuresOfAFrontEndThatIsNotNamed() throws IOException {
        Path file = write(new Proto()
                .message(1, Proto.node("Relu", "x", "a"))
                .message(11, Proto.value("x", 1, -1, -1, 80))
                .message(12, Proto.value("a", 1, -1, -1, 80)));
        assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("80 bins");
    }

    @Test
    void otherContentUnderTheName() throws IOException {
        for (String text : new String[] {"", "GGUF", "<html>", "PK\u0003\u0004", "\b\b"}) {
            Path file = write(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> Imports.graph(new OnnxSource(), file))
                    .as(text)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("ONNX");
        }
    }
}
