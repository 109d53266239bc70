package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.quantize.WeightRounding;
import org.quantvoice.quant.WeightFormat;

/** Dynamic int8 convolutions of a recording that is loud, then a thousand times fainter: the faint part keeps its signal. */
class ConvolutionRangesTest {
    private static final int CHANNELS = 8;
    private static final int LOUD = 300;
    private static final int LENGTH = 1000;

    private final Random random = new Random(11);
    private int groups;
    private int kernel;
    private int stride;
    private int padding;

    /** Short windows have ranges of their own, long ones and those of groups share them with their neighbours. */
    @ParameterizedTest
    @CsvSource({"1, 3, 2, 0", "1, 16, 1, 8", "1, 40, 1, 0", "4, 32, 1, 16", "2, 5, 3, 2", "1, 24, 2, 30"})
    void faintFramesBehindLoudOnesKeepTheirSignal(int ofGroups, int ofKernel, int ofStride, int ofPadding) {
        groups = ofGroups;
        kernel = ofKernel;
        stride = ofStride;
        padding = ofPadding;
        ArrayTensor weight = chance(16, CHANNELS / groups, kernel);
        float[] samples = chance(1, CHANNELS, LENGTH).floats().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] *= i % LENGTH < LOUD ? 1 : 1e-3f;
        }
        ArrayTensor input = ArrayTensor.of(samples, 1, CHANNELS, LENGTH);
        float[] exact = run(weight, LayerPrecision.FLOAT, input);
        float[] scales = WeightRounding.usualScales(weight, WeightFormat.INT8);
        float[] rounded = run(WeightRounding.round(weight, WeightFormat.INT8, scales), LayerPrecision.DYNAMIC, input);
        int frames = exact.length / 16;
        int faint =
                (LOUD + padding) / stride + (int) ConvolutionEmitter.SHARING; // the first that no loud one can reach
        boolean shared = padding < kernel;
        assertThat(decibel(exact, rounded, frames, 0)).as("all frames").isGreaterThan(30);
        if (shared) {
            assertThat(decibel(exact, rounded, frames, faint))
                    .as("faint frames")
                    .isGreaterThan(30);
        }
    }

    private static double decibel(float[] exact, float[] rounded, int frames, int from) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < exact.length; i++) {
            if (i % frames >= from) {
                signal += exact[i] * exact[i];
                noise += (rounded[i] - exact[i]) * (rounded[i] - exact[i]);
            }
        }
        return 10 * Math.log10(signal / noise);
    }

    private ArrayTensor chance(long... shape) {
        float[] values = new float[(int) Strided.product(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return ArrayTensor.of(values, shape);
    }

    private float[] run(TensorData weight, LayerPrecision precision, ArrayTensor input) {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", DType.FLOAT, Shape.of(Dim.ONE, Dim.of(CHANNELS), Dim.symbol("T")));
        Attributes attributes = Attributes.of(
                "stride",
                new int[] {stride},
                "padding",
                new int[] {padding},
                "dilation",
                new int[] {1},
                "groups",
                groups);
        Value out =
                builder.add(Op.CONV1D, "conv", precision.in(attributes), x, builder.constant("weight", weight, true));
        try (Graph graph = builder.build(List.of(out))) {
            return PlannedGraph.run(graph, List.of(input)).get(0);
        }
    }
}
