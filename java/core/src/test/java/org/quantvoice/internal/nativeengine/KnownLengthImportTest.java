package org.quantvoice.internal.nativeengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.SourcedGraph;

/** Models without a graph for all lengths are compared with their source at each length that it ran, and leave nothing open. */
class KnownLengthImportTest {
    private static final int HOP = 100;
    private static final int TOKENS = 4;

    @TempDir
    private Path folder;

    /** Rows of the first samples of each hop, as logits. */
    private static final class Hops implements ImportedModel, ModelImporter {
        /** The length in samples at which the source computes something else than the graph says; 0 for none. */
        private final int wrong;

        private int closed;

        Hops(int wrong) {
            this.wrong = wrong;
        }

        @Override
        public boolean reads(Path model) {
            return true;
        }

        @Override
        public ImportedModel open(Path model, Optional<FrontEndChoice> frontEnd) {
            return this;
        }

        @Override
        public Graph graph() {
            throw new UnsupportedOperatorException("rounds that depend on the input", "a graph", "none");
        }

        @Override
        public OptionalLong knownLength() {
            return OptionalLong.of(16_000);
        }

        @Override
        public Graph graph(long samples) {
            GraphBuilder builder = new GraphBuilder();
            Value wavs = builder.input("wavs", DType.FLOAT, Shape.of(1, samples));
            Value whole = slice(builder, wavs, 1, samples / HOP * HOP);
            List<Dim> rows = List.of(Dim.ONE, Dim.of(samples / HOP), Dim.of(HOP));
            Value x = slice(builder, builder.add(Op.RESHAPE, "", Attributes.of("shape", rows), whole), 2, TOKENS);
            float[] identity = new float[TOKENS * TOKENS];
            for (int v = 0; v < TOKENS; v++) {
                identity[v * TOKENS + v] = 1;
            }
            Value weight = builder.constant("layer.weight", ArrayTensor.of(identity, TOKENS, TOKENS), true);
            return builder.build(List.of(builder.add(Op.LINEAR, "layer", Attributes.NONE, x, weight)));
        }

        private static Value slice(GraphBuilder builder, Value x, int axis, long end) {
            Attributes window = Attributes.of("axis", axis, "start", Dim.ZERO, "end", Dim.of(end), "step", 1);
            return builder.add(Op.SLICE, "", window, x);
        }

        @Override
        public SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare) {
            List<SourcedGraph.Trial> trials = new ArrayList<>();
            for (float[] samples : inputs.subList(0, 2)) {
                int frames = samples.length / HOP;
                float[] output = new float[frames * TOKENS];
                for (int i = 0; i < output.length; i++) {
                    output[i] = samples[i / TOKENS * HOP + i % TOKENS] * (samples.length == wrong ? -1 : 1);
                }
                trials.add(new SourcedGraph.Trial(samples, output, 1, frames, TOKENS));
            }
            return new SourcedGraph(graph, trials, false);
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private AcousticModel open(Hops hops) throws IOException {
        Path file = Files.write(folder.resolve("hops.model"), new byte[10]);
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (OpenModel opened = OpenModel.by(hops, file, Optional.empty())) {
            return new NativeEngine().open(request, opened);
        }
    }

    @Test
    void theSourceStaysOpenAsLongAsTheModel() throws IOException {
        Hops hops = new Hops(0);
        try (AcousticModel model = open(hops)) {
            assertThat(hops.closed).isZero();
            float[] samples = new float[1_234];
            samples[HOP + 1] = 3;
            float[] row = Arrays.copyOfRange(model.run(samples).data(), TOKENS, 2 * TOKENS);
            float sum = (float) Math.log(Math.exp(3) + 3);
            assertThat(row).containsExactly(new float[] {-sum, 3 - sum, -sum, -sum}, within(1e-5f));
        }
        assertThat(hops.closed).isPositive();
    }

    @Test
    void aResultThatDiffersAtOneLengthRefusesTheModel() {
        for (int wrong : new int[] {4_000, 16_000}) {
            Hops hops = new Hops(wrong);
            assertThatThrownBy(() -> open(hops))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("off for " + wrong + " samples");
            assertThat(hops.closed).isPositive();
        }
    }
}
