package org.quantvoice.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.reference.ReferenceInterpreter;

/** What cannot be imported is refused with the operator, the module and a cure; broken files with a typed exception. */
class UnsupportedModelTest {

    private static final Path SORTED = Fixtures.path("sorted.pt");

    @Test
    void anUnknownOperatorIsNamedWithItsModule() {
        assertThatThrownBy(() -> Graphs.importFrom(SORTED))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("aten::sort")
                .hasMessageContaining("module pool.1")
                .hasMessageContaining("also lacks aten::median")
                .hasMessageContaining("LIBTORCH");
    }

    @Test
    void aBranchOnSamplesIsRefused() {
        List<InputSpec> arguments = List.of(InputSpec.tensor("wavs", DType.FLOAT, Dim.ONE, Dim.symbol("T")));
        assertThatThrownBy(() -> Graphs.importMethod(SORTED, "loud", arguments))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("aten::Float");
    }

    @Test
    void methodsAndArgumentsThatDoNotExist() {
        assertThatThrownBy(() -> Graphs.importMethod(SORTED, "no_such", List.of()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no_such");
        assertThatThrownBy(() -> Graphs.importMethod(SORTED, "forward", List.of()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("0 arguments");
    }

    @Test
    void anArgumentOfTheWrongKindIsRefusedNotCrashed() {
        for (InputSpec wrong : List.of(
                InputSpec.none(),
                InputSpec.fixed(3L),
                InputSpec.fixed("text"),
                InputSpec.integer("n", 0),
                InputSpec.tensor("wavs", DType.INT, Dim.ONE, Dim.symbol("T")),
                InputSpec.tensor("wavs", DType.FLOAT, Dim.symbol("T")),
                InputSpec.tensor("wavs", DType.FLOAT))) {
            assertThatThrownBy(() -> Graphs.importMethod(SORTED, "forward", List.of(wrong)))
                    .as("argument %s", wrong)
                    .isInstanceOfAny(UnsupportedOperatorException.class, ModelFormatException.class);
        }
    }

    @Test
    void filesThatAreNoModels(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(SORTED);
        Path file = folder.resolve("broken.pt");
        assertThatThrownBy(() -> Graphs.importFrom(folder.resolve("absent.pt")))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> Graphs.importFrom(folder)).isInstanceOf(ModelFormatException.class);
        for (int cut : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> Graphs.importFrom(file))
                    .as("cut at %d of %d bytes", cut, whole.length)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void flippedBitsGiveAModelOrATypedException(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.path("mixed.pt"));
        Path file = folder.resolve("flipped.pt");
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            int at = random.nextInt(whole.length);
            int bit = random.nextInt(8);
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << bit);
            Files.write(file, flipped);
            try {
                Graphs.importFrom(file).close();
            } catch (RuntimeException e) {
                assertThat(e)
                        .as("bit %d of byte %d flipped", bit, at)
                        .isInstanceOfAny(UnsupportedOperatorException.class, ModelFormatException.class);
            }
        }
    }

    @Test
    void inputsThatDoNotFitTheGraph() {
        try (Graph graph = Graphs.importFrom(Fixtures.path("wav2vec2-layer.pt"))) {
            assertThatThrownBy(() -> ReferenceInterpreter.run(graph, ArrayTensor.of(new float[399], 1, 399)))
                    .isInstanceOf(ModelFormatException.class);
            assertThatThrownBy(() -> ReferenceInterpreter.run(graph, ArrayTensor.of(new float[0], 1, 0)))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("T of at least 1");
            assertThatThrownBy(() -> ReferenceInterpreter.run(graph, ArrayTensor.of(new float[800], 800)))
                    .isInstanceOf(ModelFormatException.class);
            assertThatThrownBy(() -> ReferenceInterpreter.run(graph, ArrayTensor.of(new long[800], 1, 800)))
                    .isInstanceOf(ModelFormatException.class);
            assertThatThrownBy(() -> ReferenceInterpreter.run(graph)).isInstanceOf(ModelFormatException.class);
        }
    }
}
