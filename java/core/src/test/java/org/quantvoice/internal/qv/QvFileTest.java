package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.quantize.WeightRounding;

public class QvFileTest {
    private static final long SEED = 20261121;

    @TempDir
    Path folder;

    private static Graph graph() {
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Value weight = builder.constant("layer.weight", WeightRounding.int8(ramp(3, 4)), true);
        Value bias = builder.constant("layer.bias", ArrayTensor.of(new float[] {1, -2, 3}, 3), true);
        Dim frames = wav.shape().dim(1).floorDiv(4);
        Value cut =
                builder.add(Op.SLICE, "", Attributes.of("axis", 1, "start", 0, "end", frames.times(4), "step", 1), wav);
        Value rows = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, frames, Dim.of(4))), cut);
        Value y = builder.add(Op.LINEAR, "layer", Attributes.of("precision", "int8-dynamic"), rows, weight, bias);
        return builder.build(List.of(builder.add(Op.LOG_SOFTMAX, "", Attributes.of("axis", 2), y)));
    }

    private static ArrayTensor ramp(int outputs, int inputs) {
        float[] values = new float[outputs * inputs];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 5 - 2) * 0.37f;
        }
        return ArrayTensor.of(values, outputs, inputs);
    }

    private Path written() {
        Path file = folder.resolve("model.qv");
        QvFile.write(new QvModel(graph(), Optional.of("{\"tokens\":[]}"), Map.of("source", "a.pt")), file);
        return file;
    }

    @Test
    void readsBackWhatWasWritten() {
        try (QvModel model = QvFile.read(written())) {
            assertThat(model.graph().print()).isEqualTo(graph().print());
            assertThat(model.tokens()).contains("{\"tokens\":[]}");
            assertThat(model.provenance()).containsExactly(Map.entry("source", "a.pt"));
            Int8Tensor weight =
                    (Int8Tensor) model.graph().constants().get("layer.weight").data();
            Int8Tensor original = WeightRounding.int8(ramp(3, 4));
            assertThat(weight.values()).isEqualTo(original.values());
            assertThat(weight.scales()).isEqualTo(original.scales());
            assertThat(weight.floats()).isEqualTo(original.floats());
        }
    }

    /** Such scales come of weights that are infinite or no numbers. */
    @Test
    void aModelThatWouldNotOpenIsNotWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("model.qv"), "old");
        Int8Tensor sound = WeightRounding.int8(ramp(3, 4));
        for (float scale : new float[] {Float.POSITIVE_INFINITY, Float.NaN, 0}) {
            GraphBuilder builder = new GraphBuilder();
            Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.of(4)));
            Int8Tensor damaged = new Int8Tensor(sound.values(), new float[] {1, scale, 1}, 3, 4);
            Value weight = builder.constant("layer.weight", damaged, true);
            Value bias = builder.constant("layer.bias", ArrayTensor.of(new float[] {1, -2, 3}, 3), true);
            Value y = builder.add(Op.LINEAR, "layer", Attributes.of("precision", "int8-dynamic"), wav, weight, bias);
            QvModel model = new QvModel(builder.build(List.of(y)), Optional.empty(), Map.of());
            assertThatThrownBy(() -> QvFile.write(model, file))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("could not be opened again")
                    .hasMessageContaining("scale " + scale);
            assertThat(file).hasContent("old");
        }
    }

    @Test
    void weightsAreWithinHalfAStepOfTheFloats() {
        ArrayTensor floats = ramp(3, 4);
        Int8Tensor int8 = WeightRounding.int8(floats);
        float[] before = floats.floats();
        float[] after = int8.floats();
        for (int i = 0; i < before.length; i++) {
            assertThat(Math.abs(before[i] - after[i])).isLessThanOrEqualTo(int8.scales()[i / 4] * 0.5001f);
        }
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        for (int length = 0; length < whole.length; length += length < 4096 ? 1 : 37) {
            refuses("cut at " + length, Arrays.copyOf(whole, length));
        }
    }

    @Test
    void flippedBitsGiveAnExceptionOrASoundModel() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Random random = new Random(SEED);
        int flips = Integer.getInteger("quantvoice.fuzz", 2000);
        for (int i = 0; i < flips; i++) {
            byte[] damaged = whole.clone();
            int bit = random.nextInt(whole.length * 8);
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            survives("seed " + SEED + ", flip " + i + " at bit " + bit, damaged);
        }
    }

    @Test
    void lyingHeaderLengthsAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        for (long lie : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, whole.length, Integer.MAX_VALUE}) {
            byte[] damaged = whole.clone();
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putLong(0, lie);
            refuses("header length " + lie, damaged);
        }
    }

    @Test
    void lyingOffsetsAndShapesAreRefused() throws IOException {
        String text = new String(Files.readAllBytes(written()), StandardCharsets.ISO_8859_1);
        for (String lie : List.of("-1", "9223372036854775807", "4294967296", "13")) {
            refuses("offset " + lie, changed(text, "\"data_offsets\":[0,12]", "\"data_offsets\":[0," + lie + "]"));
            refuses("dim " + lie, changed(text, "\"shape\":[3,4],\"data", "\"shape\":[" + lie + ",4],\"data"));
        }
    }

    /** The text with a part replaced and the header's length set right. */
    private static byte[] changed(String text, String part, String by) {
        assertThat(text).contains(part);
        byte[] bytes = text.replace(part, by).getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, buffer.getLong(0) + by.length() - part.length());
        return bytes;
    }

    private void refuses(String what, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("damaged.qv"), content);
        assertThatThrownBy(() -> QvFile.read(file)).as(what).isInstanceOf(ModelFormatException.class);
    }

    private void survives(String what, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("damaged.qv"), content);
        try (QvModel model = QvFile.read(file)) {
            assertThat(model.graph().outputs()).as(what).isNotEmpty();
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).as(what).isNotBlank();
        }
    }

    @Test
    void aTextFileAndAnotherProgramsFileAreRefused() throws IOException {
        refuses("text", "hello, this is text".getBytes(StandardCharsets.UTF_8));
        String header = "{\"__metadata__\":{\"format\":\"pt\"}}";
        ByteBuffer other = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        other.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        refuses("safetensors of another program", other.array());
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> QvFile.read(folder.resolve("none.qv")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("none.qv");
    }
}
