package org.quantvoice.internal.nativeengine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.exec.FrugalModel;
import org.quantvoice.internal.exec.WaveformRuns;
import org.quantvoice.internal.passes.GraphCopy;
import org.quantvoice.internal.reference.ReferenceTrials;
import org.quantvoice.internal.reference.StackedLayers;
import org.quantvoice.source.SourcedGraph;

/** Faults that are planted in a program are found when a model is imported, and named by their layer. */
class ImportCheckTest {
    private static final Op[] GATES = {Op.GELU, Op.GELU, Op.TANH, Op.GELU};
    private static final Op[] DEEP = Collections.nCopies(48, Op.GELU).toArray(Op[]::new);

    /** The program of another graph of as many nodes, in the place of the program that belongs to a graph. */
    private record Planted(FrugalModel model, Graph graph, Graph of) implements WaveformRuns {

        @Override
        public LogProbs run(float[] samples) {
            return model.run(samples);
        }

        @Override
        public Map<Value, float[]> tap(float[] samples, Set<Value> taps) {
            Map<Value, Value> other = new HashMap<>();
            for (int n = 0; n < graph.nodes().size(); n++) {
                other.put(graph.nodes().get(n).output(), of.nodes().get(n).output());
            }
            Set<Value> there = new HashSet<>();
            taps.forEach(v -> there.add(other.get(v)));
            Map<Value, float[]> seen = model.tap(samples, there);
            Map<Value, float[]> here = new HashMap<>();
            taps.forEach(v -> here.put(v, seen.get(other.get(v))));
            return here;
        }
    }

    /** The graph with another operator at one node. */
    private static Graph changed(Graph graph, Op from, String path, Op to) {
        GraphCopy copy = new GraphCopy(graph);
        for (Node node : graph.nodes()) {
            if (node.op() == from && node.path().equals(path)) {
                copy.replace(node.output(), copy.add(to, path, Attributes.NONE, copy.value(node.input(0))));
            } else {
                copy.add(node);
            }
        }
        return copy.build();
    }

    private static void compare(Graph graph, Graph program, SourcedGraph sourced) {
        try (FrugalModel model = new FrugalModel(program, 1)) {
            ImportCheck.compare(new Planted(model, graph, program), graph, sourced, OutputForm.LOG_PROBS);
        }
    }

    @Test
    void aSoundProgramPasses() {
        Graph graph = StackedLayers.of(16, GATES);
        SourcedGraph sourced = ReferenceTrials.of(graph, ImportCheck.inputs());
        assertThatCode(() -> compare(graph, graph, sourced)).doesNotThrowAnyException();
        assertThatCode(() -> NativeEngine.compared(graph, sourced, OutputForm.LOG_PROBS, 1))
                .doesNotThrowAnyException();
    }

    @Test
    void aFaultInAnyLayerIsFoundAndNamed() {
        Graph graph = StackedLayers.of(16, GATES);
        SourcedGraph sourced = ReferenceTrials.of(graph, ImportCheck.inputs());
        for (int layer = 0; layer < GATES.length; layer++) {
            Graph faulty = changed(graph, GATES[layer], "layers." + layer, Op.RELU);
            assertThatThrownBy(() -> compare(graph, faulty, sourced))
                    .as("layer %d", layer)
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("off for 4000 samples")
                    .hasMessageContaining("first in add of layers." + layer);
        }
    }

    /** The reference runs a part of the model, and the program of this part is that of a planner with a fault. */
    @Test
    void aFaultInAKindOfBlockOfALargeModelIsFound() {
        Graph graph = StackedLayers.of(512, DEEP);
        SourcedGraph.Part part =
                ReferenceTrials.of(graph, ImportCheck.inputs()).part().orElseThrow();
        SourcedGraph sound = new SourcedGraph(graph, List.of(), false, Optional.of(part));
        assertThatCode(() -> NativeEngine.compared(graph, sound, OutputForm.LOG_PROBS, 1))
                .doesNotThrowAnyException();
        SourcedGraph alone = new SourcedGraph(part.graph(), part.trials(), false);
        Graph faulty = changed(part.graph(), Op.GELU, "layers.0", Op.RELU);
        assertThatThrownBy(() -> compare(part.graph(), faulty, alone))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("first in add of layers.0");
    }

    /** Whatever the place that the engine's import calls, a part that does not fit is refused there. */
    @Test
    void importRefusesAPartThatDiffers() {
        Graph graph = StackedLayers.of(512, DEEP);
        SourcedGraph.Part part =
                ReferenceTrials.of(graph, ImportCheck.inputs()).part().orElseThrow();
        Graph faulty = changed(part.graph(), Op.GELU, "layers.0", Op.RELU);
        SourcedGraph differing =
                new SourcedGraph(graph, List.of(), false, Optional.of(new SourcedGraph.Part(faulty, part.trials())));
        assertThatThrownBy(() -> NativeEngine.compared(graph, differing, OutputForm.LOG_PROBS, 1))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("off for");
    }
}
