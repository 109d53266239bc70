package org.quantvoice.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.quantize.BitAllocation;
import org.quantvoice.internal.quantize.WeightRounding;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.WeightLevels;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

public class PackedTensorTest {
    @TempDir
    Path folder;

    private static ArrayTensor random(int seed, int... shape) {
        Random random = new Random(seed);
        long[] dims = new long[shape.length];
        int size = 1;
        for (int i = 0; i < shape.length; i++) {
            dims[i] = shape[i];
            size *= shape[i];
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return ArrayTensor.of(values, dims);
    }

    private static Graph graph(TensorData weight) {
        GraphBuilder builder = new GraphBuilder();
        int inputs = (int) weight.shape()[1];
        Value rows = builder.input("rows", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T"), Dim.of(inputs)));
        Value constant = builder.constant("layer.weight", weight, true);
        return builder.build(
                List.of(builder.add(Op.LINEAR, "layer", Attributes.of("precision", "int8-dynamic"), rows, constant)));
    }

    private Path written(TensorData weight) {
        Path file = folder.resolve("model.qv");
        QvModel model = new QvModel(graph(weight), Optional.empty(), Map.of());
        QvFile.write(model, file);
        assertThat(file).hasSize(QvFile.fileSize(model));
        return file;
    }

    @Test
    void everyWidthIsReadBackFromTheFile() {
        for (WeightScheme scheme : WeightScheme.values()) {
            for (WeightFormat format : BitAllocation.ladder(scheme)) {
                if (format.isInteger() && !format.equals(WeightFormat.INT8)) {
                    ArrayTensor floats = random(format.bits(), 5, 13);
                    QuantizedTensor packed = WeightRounding.minMax(floats, format);
                    try (QvModel model = QvFile.read(written(packed))) {
                        PackedTensor read = (PackedTensor)
                                model.graph().constants().get("layer.weight").data();
                        assertThat(read.format()).isEqualTo(format);
                        assertThat(read.shape()).containsExactly(5, 13);
                        assertThat(read.scales()).isEqualTo(packed.scales());
                        assertThat(read.floats()).as(format.toString()).isEqualTo(packed.floats());
                        assertThat(read.codes().remaining()).isEqualTo(5 * ((13 * format.bits() + 7) / 8));
                    }
                }
            }
        }
    }

    @Test
    void partsAreReadWhereTheyLie() {
        QuantizedTensor packed = WeightRounding.minMax(random(1, 4, 3, 7), WeightFormat.linear(5));
        byte[] all = new byte[84];
        packed.values(0, all, 0, 84);
        WeightLevels levels = WeightLevels.of(WeightFormat.linear(5));
        float[] floats = random(1, 4, 3, 7).floats();
        for (int from = 0; from < 84; from++) {
            byte[] part = new byte[84 - from];
            packed.values(from, part, 0, part.length);
            for (int i = 0; i < part.length; i++) {
                assertThat(part[i]).isEqualTo(all[from + i]);
            }
            assertThat((int) all[from]).isEqualTo(levels.nearest(floats[from] / packed.scales()[from / 21]));
        }
        assertThatThrownBy(() -> packed.values(80, new byte[9], 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void bfloat16IsReadBackFromTheFile() {
        float[] values = {1, -2.5f, 1.00390625f, 1.01171875f, Float.MIN_VALUE, 3e38f, 0, -0.0f};
        Bfloat16Tensor rounded = Bfloat16Tensor.round(ArrayTensor.of(values, 2, 4));
        assertThat(rounded.floats()).startsWith(1, -2.5f, 1, 1.015625f, 0);
        Path file = written(rounded);
        try (QvModel model = QvFile.read(file)) {
            TensorData read = model.graph().constants().get("layer.weight").data();
            assertThat(read).isInstanceOf(Bfloat16Tensor.class);
            assertThat(read.floats()).isEqualTo(rounded.floats());
        }
    }

    @Test
    void channelsOfNoneHugeAndTinyWeightsAreRounded() {
        float tiny = Float.MIN_VALUE;
        float huge = Float.MAX_VALUE;
        float[] values = {0, 0, 0, 0, tiny, -tiny, 0, tiny, huge, -huge, huge / 2, 0, 2, 2, 2, 2};
        for (WeightFormat format : List.of(WeightFormat.INT8, WeightFormat.linear(2), WeightFormat.log2(4))) {
            ArrayTensor floats = ArrayTensor.of(values, 4, 4);
            for (float[] scales :
                    List.of(WeightRounding.minMaxScales(floats, format), WeightRounding.leastSquares(floats, format))) {
                QuantizedTensor rounded = WeightRounding.round(floats, format, scales);
                for (float scale : scales) {
                    assertThat(scale).isPositive().isFinite();
                }
                float[] back = rounded.floats();
                assertThat(back).hasSize(16).doesNotContain(Float.NaN);
                assertThat(back).startsWith(0, 0, 0, 0);
                assertThat(back[12]).as(format.toString()).isBetween(1.99f, 2.01f);
            }
        }
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedWithTheirChannel() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            ArrayTensor floats = ArrayTensor.of(new float[] {1, 2, 3, bad}, 2, 2);
            assertThatThrownBy(() -> WeightRounding.minMax(floats, WeightFormat.linear(4)))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("the weight " + bad + " in output channel 1");
        }
    }

    @Test
    void liesAboutPackedWeightsAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written(WeightRounding.minMax(random(1, 5, 13), WeightFormat.linear(4))));
        String[][] lies = {
            {"\\\"bits\\\":4", "\\\"bits\\\":5"},
            {"\\\"bits\\\":4", "\\\"bits\\\":1"},
            {"\\\"bits\\\":4", "\\\"bits\\\":9"},
            {"linear", "lineal"},
            {"[5,13]}", "[5,14]}"},
            {"[5,13]}", "[6,13]}"},
            {"[5,13]}", "[5,99]}"},
            {"\\\"layer.weight\\\":{\\\"bits", "\\\"layer.weighs\\\":{\\\"bits"},
            {"\"version\":\"2\"", "\"version\":\"3\""},
            {"\"U8\"", "\"I8\""},
        };
        for (String[] lie : lies) {
            String text = new String(whole, StandardCharsets.ISO_8859_1);
            assertThat(text).contains(lie[0]);
            Path file = folder.resolve("lie.qv");
            Files.write(file, text.replace(lie[0], lie[1]).getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> QvFile.read(file).close())
                    .as(lie[1])
                    .isInstanceOf(ModelFormatException.class)
                    .satisfies(e -> assertThat(((QuantVoiceException) e).cure()).isNotEmpty());
        }
    }
}
