package org.quantvoice.internal.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Op;
import org.quantvoice.source.SourcedGraph;

/** What is run of a model to compare the engine with: all of it, or each kind of its blocks once. */
class ReferenceTrialsTest {
    private static final Op[] DEEP = Collections.nCopies(48, Op.GELU).toArray(Op[]::new);

    private static List<float[]> inputs() {
        List<float[]> inputs = new ArrayList<>();
        for (int length : new int[] {5, 4_000, 16_000}) {
            float[] samples = new float[length];
            Random random = new Random(length);
            for (int i = 0; i < length; i++) {
                samples[i] = (float) random.nextGaussian();
            }
            inputs.add(samples);
        }
        return inputs;
    }

    private static List<String> layers(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() == Op.LINEAR)
                .map(n -> n.path())
                .toList();
    }

    @Test
    void aSmallModelIsRunAsAWhole() {
        SourcedGraph sourced = ReferenceTrials.of(StackedLayers.of(16, Op.GELU, Op.GELU), inputs());
        assertThat(sourced.trials())
                .extracting(t -> t.samples().length)
                .as("5 samples are less than its window")
                .containsExactly(4_000, 16_000);
        assertThat(sourced.part()).isEqualTo(Optional.empty());
    }

    /** 400 frames through 48 products of 512 x 512 are five billion multiplications. */
    @Test
    void ofALargeModelEachKindOfBlockIsRunOnce() {
        SourcedGraph sourced = ReferenceTrials.of(StackedLayers.of(512, DEEP), inputs());
        assertThat(sourced.trials()).isEmpty();
        SourcedGraph.Part part = sourced.part().orElseThrow();
        assertThat(layers(part.graph())).containsExactly("layers.0.linear", "head");
        assertThat(part.trials()).extracting(t -> t.samples().length).containsExactly(8_000, 16_000);
        for (SourcedGraph.Trial trial : part.trials()) {
            float[] alone = ReferenceInterpreter.run(
                            part.graph(), ArrayTensor.of(trial.samples(), 1, trial.samples().length))
                    .get(0)
                    .floats();
            assertThat(trial.output()).isEqualTo(alone);
        }
    }

    @Test
    void nothingIsRunIfNothingIsAskedFor() {
        SourcedGraph sourced = ReferenceTrials.of(StackedLayers.of(512, DEEP), List.of());
        assertThat(sourced.isComparable()).isFalse();
    }

    /** A layer of another kind stays, wherever it stands; what is left out is gone with its weights. */
    @Test
    void blocksOfAnotherKindStay() {
        Graph graph = StackedLayers.of(16, Op.GELU, Op.GELU, Op.TANH, Op.GELU, Op.TANH, Op.RELU);
        Graph blocks = DistinctBlocks.of(graph).orElseThrow();
        assertThat(layers(blocks)).containsExactly("layers.0.linear", "layers.2.linear", "layers.5.linear", "head");
        assertThat(blocks.constants().keySet()).doesNotContain("layers.1.linear", "layers.3.norm.weight");
        for (Constant constant : graph.constants().values()) {
            assertThat(constant.data().floats())
                    .as("%s is open", constant.name())
                    .isNotEmpty();
        }
    }

    /** The layer that makes what others use stays, the first of those, and the last, behind which it goes on no more. */
    @Test
    void aBlockThatOthersNeedStays() {
        Graph blocks = DistinctBlocks.of(StackedLayers.sharing(16, Op.GELU, Op.GELU, Op.GELU, Op.GELU, Op.GELU))
                .orElseThrow();
        assertThat(layers(blocks)).containsExactly("layers.0.linear", "layers.1.linear", "layers.4.linear", "head");
    }

    @Test
    void aModelWithoutRepetitionHasNoPart() {
        assertThat(DistinctBlocks.of(StackedLayers.of(16, Op.GELU, Op.TANH, Op.RELU)))
                .isEqualTo(Optional.empty());
    }
}
