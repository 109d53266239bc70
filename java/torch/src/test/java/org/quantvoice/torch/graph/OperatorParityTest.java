package org.quantvoice.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.torch.operators.ModelConstants;

/**
 * Each operator: a script of one expression is run by libtorch, and imported and run by the reference interpreter, on
 * random shapes and elements. The seed is that of the case and round, so a failure repeats.
 */
class OperatorParityTest {

    private static final int ROUNDS = 3;

    static Stream<OperatorCase> cases() {
        return Stream.of(
                        OperatorCases.elementwise(),
                        OperatorCases.mixedArithmetic(),
                        OperatorCases.products(),
                        OperatorCases.convolutions(),
                        OperatorCases.normsAndAttention(),
                        OperatorCases.recurrences(),
                        OperatorCases.plainAndPackedRecurrences(),
                        OperatorCases.layout(),
                        OperatorCases.reductions(),
                        OperatorCases.sizes(),
                        FormulaCases.angles(),
                        FormulaCases.functions(),
                        FormulaCases.pooling(),
                        FormulaCases.places(),
                        FormulaCases.einsum(),
                        FormulaCases.spectra(),
                        FormulaCases.masks(),
                        FormulaCases.layers(),
                        FormulaCases.lengths(),
                        ViewCases.slices(),
                        ViewCases.otherViews(),
                        ViewCases.positions())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGraphGivesWhatLibtorchGives(OperatorCase operator) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            JitModule module = new JitModule(new QualifiedName("Case"));
            module.define(operator.source());
            module.eval();
            try (Graph graph = GraphImporter.importMethod(module, "forward", operator.specs())) {
                for (int round = 0; round < ROUNDS; round++) {
                    compare(operator, module, graph, round);
                }
            }
        }
    }

    /** Whether a change reaches the source depends on how the source lies in memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.reshape(-1)",
                "x.transpose(0, 1).contiguous()",
                "x.movedim(0, 1)",
                "x.unfold(0, 2, 2)",
                "x.as_strided([2, 3], [3, 1])",
                "x[:1].expand([2, 3])[0]"
            })
    void aChangeOfWhatMayBeACopyIsRefusedOnceTheSourceIsRead(String view) {
        OperatorCase operator = OperatorCase.of("x = a.clone()\n" + view + ".mul_(2)\nreturn x", "f T 3");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Case"));
            module.define(operator.source());
            assertThatThrownBy(() -> GraphImporter.importMethod(module, "forward", operator.specs()))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("after a view of it was changed in place");
        }
    }

    /** The rows of an expanded tensor are one row. */
    @Test
    void aChangeOfAPartOfAnExpandedTensorIsRefusedOnceTheRestIsRead() {
        String script = "x = a.clone().expand([2, a.size(1)])\ny = x[0]\ny.mul_(2)\nreturn x[1]";
        OperatorCase operator = OperatorCase.of(script, "f 1 T");
        try (PointerScope scope = new PointerScope()) {
            JitModule module = new JitModule(new QualifiedName("Case"));
            module.define(operator.source());
            assertThatThrownBy(() -> GraphImporter.importMethod(module, "forward", operator.specs()))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("after a view of it was changed in place");
        }
    }

    private static void compare(OperatorCase operator, JitModule module, Graph graph, int round) {
        Random random = new Random(31L * operator.expression().hashCode() + round);
        Map<String, Long> sizes = new HashMap<>();
        operator.symbols().forEach(s -> sizes.put(s.name(), s.min() + random.nextInt(4)));
        List<ArrayTensor> inputs = new ArrayList<>();
        IValueVector boxed = new IValueVector();
        for (OperatorCase.Input input : operator.inputs()) {
            ArrayTensor data = random(input, input.shape().evaluate(sizes), random);
            inputs.add(data);
            boxed.push_back(new IValue(tensor(data)));
        }
        String reproduction = operator + " round " + round + " sizes " + sizes;
        IValue result = module.forward(boxed);
        List<TensorData> got = ReferenceInterpreter.run(graph, inputs, Map.of(), (node, value, data) -> {});
        List<Tensor> expected = new ArrayList<>();
        if (result.isTensor()) {
            expected.add(result.toTensor());
        } else {
            for (int i = 0; i < got.size(); i++) {
                expected.add(result.toTuple().elements().get(i).toTensor());
            }
        }
        for (int i = 0; i < got.size(); i++) {
            check(reproduction + "\n" + graph, got.get(i), expected.get(i));
        }
    }

    private static void check(String reproduction, TensorData got, Tensor expected) {
        assertThat(got.shape()).as(reproduction).isEqualTo(ModelConstants.shape(expected));
        ScalarType type = expected.scalar_type().intern();
        DType wanted = type == ScalarType.Float ? DType.FLOAT : type == ScalarType.Bool ? DType.BOOL : DType.INT;
        assertThat(got.type()).as(reproduction).isEqualTo(wanted);
        Tensor wide = expected.to(ScalarType.Double).contiguous();
        double[] elements = new double[(int) wide.numel()];
        if (elements.length > 0) {
            wide.data_ptr_double().get(elements);
        }
        for (int i = 0; i < elements.length; i++) {
            double value = element(got, i);
            boolean same = value == elements[i] || (Double.isNaN(value) && Double.isNaN(elements[i]));
            double limit = 2e-6 + 2e-5 * Math.abs(elements[i]);
            assertThat(same || Math.abs(value - elements[i]) <= limit)
                    .as("element %d: got %s, libtorch has %s; %s", i, value, elements[i], reproduction)
                    .isTrue();
        }
    }

    private static double element(TensorData data, int index) {
        return switch (data.type()) {
            case FLOAT -> data.floats()[index];
            case INT -> data.longs()[index];
            case BOOL -> data.booleans()[index] ? 1 : 0;
        };
    }

    private static ArrayTensor random(OperatorCase.Input input, long[] shape, Random random) {
        int count = (int) Shape.of(shape).size().constant();
        return switch (input.type()) {
            case FLOAT -> {
                float[] elements = new float[count];
                for (int i = 0; i < count; i++) {
                    float x = (float) random.nextGaussian();
                    elements[i] = input.positive() ? Math.abs(x) + 0.1f : 2 * x;
                }
                yield ArrayTensor.of(elements, shape);
            }
            case INT ->
                ArrayTensor.of(random.longs(count, input.positive() ? 0 : -9, 5).toArray(), shape);
            case BOOL -> {
                boolean[] elements = new boolean[count];
                for (int i = 0; i < count; i++) {
                    elements[i] = random.nextBoolean();
                }
                yield ArrayTensor.of(elements, shape);
            }
        };
    }

    private static Tensor tensor(ArrayTensor data) {
        long[] shape = data.shape();
        return switch (data.type()) {
            case FLOAT -> Tensor.create(data.floats(), shape).clone();
            case INT -> Tensor.create(data.longs(), shape).clone();
            case BOOL -> {
                long[] bits = new long[(int) data.size()];
                Arrays.setAll(bits, i -> data.booleans()[i] ? 1 : 0);
                yield Tensor.create(bits, shape).to(ScalarType.Bool);
            }
        };
    }

    static {
        torch.set_num_threads(1);
    }
}
