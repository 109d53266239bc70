package org.quantvoice.internal.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** Which layers make a spectrum, and which only look like it. */
class SpectraTest {
    private static final int BINS = 5;

    private final GraphBuilder builder = new GraphBuilder();

    @ParameterizedTest
    @ValueSource(strings = {"mul", "pow", "abs"})
    void aTransformByConvolutionAndItsMelFiltersAreNotRounded(String magnitude) {
        Value frames = convolution("dft", wave(), 2 * BINS, 1, 8, 4);
        Value real = square(magnitude, half(frames, 0));
        Value power = builder.add(Op.ADD, "", Attributes.NONE, real, square(magnitude, half(frames, BINS)));
        Value mel = convolution("mel", power, 3, BINS, 1, 1);
        Value lifted = builder.add(Op.CLAMP, "", Attributes.of("min", 1e-5), mel);
        Value log = builder.add(Op.LOG, "", Attributes.NONE, lifted);
        assertThat(quantizable(convolution("encoder", log, 4, 3, 3, 1))).containsExactly("encoder");
    }

    @Test
    void framesThatAConvolutionCutsAreNotRoundedEither() {
        Value frames = convolution("frames", wave(), 8, 1, 8, 4);
        Value centred = builder.add(
                Op.SUB,
                "",
                Attributes.NONE,
                frames,
                builder.add(Op.MEAN, "", Attributes.of("axes", new int[] {1}, "keep", true), frames));
        Value bins = convolution("dft", centred, BINS, 8, 1, 1);
        assertThat(quantizable(square("mul", bins))).isEmpty();
    }

    @Test
    void aLearnedFrontEndIsRounded() {
        Value first = builder.add(Op.GELU, "", Attributes.NONE, convolution("first", wave(), 4, 1, 8, 4));
        Value second = convolution("second", first, 4, 4, 3, 2);
        Value squared = square("mul", second); // what follows the first activation is no spectrum
        assertThat(quantizable(convolution("third", squared, 2, 4, 1, 1))).containsExactly("first", "second", "third");
    }

    private Value wave() {
        Value wave = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        return builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, Dim.ONE, Dim.symbol("T"))), wave);
    }

    private Value convolution(String path, Value x, int out, int in, int kernel, int stride) {
        ArrayTensor weights = ArrayTensor.of(new float[out * in * kernel], out, in, kernel);
        Attributes attributes = Attributes.of(
                "stride", new int[] {stride}, "padding", new int[] {0}, "dilation", new int[] {1}, "groups", 1);
        return builder.add(Op.CONV1D, path, attributes, x, builder.constant(path + ".weight", weights, true));
    }

    private Value half(Value x, int from) {
        return builder.add(Op.SLICE, "", Attributes.of("axis", 1, "start", from, "end", from + BINS, "step", 1), x);
    }

    private Value square(String how, Value x) {
        return switch (how) {
            case "mul" -> builder.add(Op.MUL, "", Attributes.NONE, x, x);
            case "pow" -> builder.add(Op.POW, "", Attributes.of("scalar", 2.0), x);
            default -> builder.add(Op.ABS, "", Attributes.NONE, x);
        };
    }

    private List<String> quantizable(Value output) {
        try (Graph graph = builder.build(List.of(output))) {
            return QuantizableLayers.of(graph).stream().map(Node::path).toList();
        }
    }
}
