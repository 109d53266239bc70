package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.reference.ReferenceInterpreter;
import org.quantvoice.source.Imports;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.SourcedGraph;

/** Every family and flag against the log-probs that transformers gave for the same folder. */
class FamilyParityTest {
    private static final float TOLERANCE = 1e-4f;

    @TempDir
    Path scratch;

    static List<String> fixtures() {
        return FixtureFolder.names();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theGraphComputesWhatTransformersDoes(String name) {
        FixtureFolder fixture = FixtureFolder.of(name);
        FixtureFolder.Run run = fixture.runs().get(0);
        try (Graph graph = Imports.graph(new FolderSource(), fixture.write(scratch))) {
            float[] samples = FixtureFolder.waveform(run.samples());
            float[] values = ReferenceInterpreter.run(graph, ArrayTensor.of(samples, 1, samples.length))
                    .get(0)
                    .floats();
            assertClose(name, run, values);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theNativeEngineComputesWhatTransformersDoes(String name) {
        FixtureFolder fixture = FixtureFolder.of(name);
        ModelRequest request = new ModelRequest(
                fixture.write(scratch), Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (AcousticModel model = new NativeEngine().open(request)) {
            for (FixtureFolder.Run run : fixture.runs()) {
                LogProbs result = model.run(FixtureFolder.waveform(run.samples()));
                assertClose(name, run, result.data());
            }
        }
    }

    /** Opening a folder compares the engine with the reference interpreter, which has run something to compare with. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void importIsCompared(String name) {
        List<float[]> inputs = List.of(FixtureFolder.waveform(4_000), FixtureFolder.waveform(16_000));
        try (OpenModel opened = OpenModel.of(FixtureFolder.of(name).write(scratch))) {
            SourcedGraph sourced = opened.take(inputs, true);
            try (Graph graph = sourced.graph()) {
                assertThat(sourced.trials()).as(name).hasSize(2);
                assertThat(graph.nodes()).isNotEmpty();
            }
        }
        try (OpenModel opened = OpenModel.of(FixtureFolder.of(name).write(scratch))) {
            SourcedGraph unchecked = opened.take(inputs, false);
            unchecked.graph().close();
            assertThat(unchecked.isComparable())
                    .as("%s without the check", name)
                    .isFalse();
        }
    }

    private static void assertClose(String name, FixtureFolder.Run run, float[] values) {
        float[][] expected = run.logProbs();
        int vocabulary = expected[0].length;
        assertThat(values).as("%s, %d samples", name, run.samples()).hasSize(expected.length * vocabulary);
        double worst = 0;
        for (int i = 0; i < values.length; i++) {
            worst = Math.max(worst, Math.abs(values[i] - expected[i / vocabulary][i % vocabulary]));
        }
        assertThat(worst).as("%s, %d samples", name, run.samples()).isLessThan(TOLERANCE);
    }
}
