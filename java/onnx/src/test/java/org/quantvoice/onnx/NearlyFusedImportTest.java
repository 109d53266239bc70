package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxReader;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/**
 * Operators that are spelled out and recognised, and spellings that are nearly, but not quite, theirs: what comes in computes what
 * ONNX Runtime computes. A check of the native engine against the imported graph would not find a wrong recognition.
 *
 * <p>A case is nodes, {@code Operator output input...}; inputs that are numbers are constants, {@code 0:3} is from 0 to 3 on the last
 * axis, {@code /1} the axis of a mean, {@code w} a weight of the last axis. The input is {@code x}, the output {@code y}.
 */
final class NearlyFusedImportTest {
    private static final int[] SHAPE = {2, 4, 6};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // GELU, in its two usual orders
                "GELU | Div d x 1.4142135; Erf e d; Add a e 1; Mul m x a; Mul y m 0.5",
                "GELU | Div d x 1.4142135; Erf e d; Add a e 1; Mul h x 0.5; Mul y h a",
                "NONE | Div d x 1.4142135; Erf e d; Add a e 1.5; Mul m x a; Mul y m 0.5",
                "NONE | Div d x 1.4142135; Erf e d; Add a e -1; Mul m x a; Mul y m 0.5",
                "NONE | Div d x 1.4142135; Erf e d; Sub a 1 e; Mul m x a; Mul y m 0.5",
                "NONE | Div d x 1.4142135; Erf e d; Add a e 1; Neg n x; Mul m n a; Mul y m 0.5",
                "NONE | Div d x 1.4142135; Erf e d; Add a e 1; Add n x 1; Mul m n a; Mul y m 0.5",
                "NONE | Div d 1.4142135 x; Erf e d; Add a e 1; Mul m x a; Mul y m 0.5",
                "NONE | Div d x 1.4142135; Erf e d; Add a e 1; Mul y a a",
                "NONE | Div d x 1.4142135; Erf e d; Add a e 1; Mul m x a; Add y m e",
                "NONE | Div d x 1.7320508; Erf e d; Add a e 1; Mul m x a; Mul y m 0.3",
                // SiLU
                "SILU | Sigmoid s x; Mul y s x",
                "NONE | Sigmoid s x; Mul y s s",
                "NONE | Sigmoid s x; Add z x 1; Mul y z s",
                "NONE | Mul t x 2; Sigmoid s t; Mul y x s",
                "NONE | Neg t x; Sigmoid s t; Mul y x s",
                // GLU
                "GLU  | Slice a x 0:3; Slice b x 3:6; Sigmoid s b; Mul y a s",
                "NONE | Slice a x 0:3; Slice b x 3:6; Sigmoid s a; Mul y b s",
                "NONE | Slice a x 0:3; Slice b x 2:5; Sigmoid s b; Mul y a s",
                "NONE | Slice a x 1:4; Slice b x 3:6; Sigmoid s b; Mul y a s",
                "NONE | Slice a x 0:2; Slice b x 2:4; Sigmoid s b; Mul y a s",
                "NONE | Neg n x; Slice a x 0:3; Slice b n 3:6; Sigmoid s b; Mul y a s",
                // layer norm
                "LAYER_NORM | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div y d r",
                "LAYER_NORM | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div n d r; Mul y n w",
                "NONE | Mean m x /1; Sub d x m; Mul q d d; Mean v q /1; Add e v 0.00001; Sqrt r e; Div y d r",
                "NONE | Mean m x /2; Sub d x m; Mul q d d; Mean v q /1; Add e v 0.00001; Sqrt r e; Div y d r",
                "NONE | Mean m x /2; Sub d m x; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div y d r",
                "NONE | Mean m x /2; Sub d x m; Mul q x d; Mean v q /2; Abs u v; Add e u 0.5; Sqrt r e; Div y d r",
                "NONE | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Sqrt r v; Add e r 0.5; Div y d e",
                "NONE | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div y x r",
                "NONE | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div y r d",
                "LAYER_NORM | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div n d r; Mul p n w; Add y p n",
                "LAYER_NORM | Mean m x /2; Sub d x m; Mul q d d; Mean v q /2; Add e v 0.00001; Sqrt r e; Div n d r; Mul p n w; Add b p w; Add y p b",
            })
    void computesWhatOnnxRuntimeComputes(String fused, String nodes) throws Exception {
        Path file = Files.write(folder.resolve("one.onnx"), model(nodes).toByteArray());
        float[] numbers = new float[SHAPE[0] * SHAPE[1] * SHAPE[2]];
        Random random = new Random(7);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (2 * random.nextGaussian() + 0.3);
        }
        ArrayTensor x = ArrayTensor.of(numbers, SHAPE[0], SHAPE[1], SHAPE[2]);
        float[] expected;
        try (Ort ort = new Ort(file)) {
            expected = ort.floats("y", Map.of("x", x));
        }
        Graph graph = imported(file);
        float[] got = ReferenceInterpreter.run(graph, List.of(x), Map.of(), (node, value, data) -> {})
                .get(0)
                .floats();
        assertThat(Closeness.error(got, expected)).as(nodes).isLessThanOrEqualTo(1e-5);
        Set<Op> recognised = Set.of(Op.GELU, Op.SILU, Op.GLU, Op.LAYER_NORM);
        if (!fused.equals("NONE")) {
            assertThat(graph.nodes())
                    .as(nodes)
                    .anyMatch(n -> n.op() == Op.valueOf(fused) && recognised.contains(n.op()));
        }
    }

    private static Graph imported(Path file) {
        Evaluator evaluator = new Evaluator(OnnxReader.read(file));
        Value value = evaluator
                .builder()
                .input(
                        "x",
                        org.quantvoice.graph.DType.FLOAT,
                        org.quantvoice.graph.Shape.of(
                                Arrays.stream(SHAPE).asLongStream().toArray()));
        return evaluator.graph(Map.of("x", new Operand.Live(ElementType.FLOAT, value)), "y");
    }

    private static ModelProto model(String nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("nearly")
                .addInput(value("x", true))
                .addOutput(value("y", false));
        Set<String> constants = new LinkedHashSet<>();
        for (String text : nodes.strip().split("\\s*;\\s*")) {
            graph.addNode(node(List.of(text.split("\\s+")), constants));
        }
        constants.forEach(name -> graph.addInitializer(constant(name)));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private static NodeProto node(List<String> words, Set<String> constants) {
        boolean mean = words.get(0).equals("Mean");
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(mean ? "ReduceMean" : words.get(0))
                .addOutput(words.get(1));
        for (String input : words.subList(2, words.size())) {
            if (input.startsWith("/")) {
                node.addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addInts(Long.parseLong(input.substring(1))));
                continue;
            }
            List<String> names = input.contains(":")
                    ? List.of("#" + input.split(":")[0], "#" + input.split(":")[1], "#2")
                    : List.of(input);
            names.forEach(node::addInput);
            names.stream().filter(n -> !n.matches("[a-z]") || n.equals("w")).forEach(constants::add);
        }
        return node.build();
    }

    /** A weight of the last axis, a whole number of a slice, or a real number. */
    private static TensorProto constant(String name) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name);
        if (name.equals("w")) {
            tensor.setDataType(TensorProto.DataType.FLOAT.getNumber()).addDims(SHAPE[2]);
            for (int i = 0; i < SHAPE[2]; i++) {
                tensor.addFloatData(0.5f + i);
            }
            return tensor.build();
        }
        if (name.startsWith("#")) {
            return tensor.setDataType(TensorProto.DataType.INT64.getNumber())
                    .addDims(1)
                    .addInt64Data(Long.parseLong(name.substring(1)))
                    .build();
        }
        return tensor.setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(Float.parseFloat(name))
                .build();
    }

    private static ValueInfoProto value(String name, boolean sized) {
        TypeProto.Tensor.Builder type =
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
        if (sized) {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            Arrays.stream(SHAPE)
                    .forEach(size ->
                            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
            type.setShape(shape);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }
}
