package org.quantvoice.torch;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.source.StreamingGraphs;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.graph.InputSpec;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.U2Script;

/** The streaming methods of a TorchScript module as graphs. */
final class U2Graphs {
    private static final long ALL = -1;
    private static final int FORWARD = 0;
    private static final int REVERSE = 1;

    private U2Graphs() {}

    /** The caller holds a {@link org.quantvoice.torch.script.TorchCall}. */
    static StreamingGraphs of(ScriptModule module) {
        return read(module.module(), U2Shapes.of(module));
    }

    private static StreamingGraphs read(JitModule model, U2Shapes shapes) {
        StreamConstants constants = shapes.constants();
        InputSpec features = InputSpec.tensor(
                "xs",
                DType.FLOAT,
                Dim.of(1),
                Dim.symbol("T", constants.rightContext() + 1L),
                Dim.of(constants.melBins()));
        InputSpec offset = InputSpec.integer(StreamingGraphs.OFFSET, 0);
        InputSpec all = InputSpec.fixed(ALL);
        Graph next = GraphImporter.importMethod(
                model,
                "forward_encoder_chunk",
                List.of(features, offset, all, shapes.attention(), shapes.convolution()));
        InputSpec encoder =
                InputSpec.tensor("memory", DType.FLOAT, Dim.of(1), Dim.symbol("S", 1), Dim.of(shapes.width()));
        Graph ctc = GraphImporter.importMethod(model, "ctc_activation", List.of(encoder));
        Optional<Graph> reverse =
                constants.bidirectional() ? Optional.of(decoder(model, encoder, REVERSE)) : Optional.empty();
        return new StreamingGraphs(next, ctc, decoder(model, encoder, FORWARD), reverse, constants);
    }

    /**
     * Imports one direction of the attention decoder. The method's results are the scores forward and backward, and its
     * weight argument decides whether it computes the backward ones.
     */
    private static Graph decoder(JitModule model, InputSpec encoder, int direction) {
        Dim hypotheses = Dim.symbol("N", 1);
        Dim length = Dim.symbol("L", 1);
        List<InputSpec> arguments = List.of(
                InputSpec.tensor("hyps", DType.INT, hypotheses, length),
                InputSpec.lengths("lens", hypotheses, length),
                encoder,
                InputSpec.fixed((double) direction));
        Graph graph = GraphImporter.importResult(model, "forward_attention_decoder", arguments, direction);
        if (direction == REVERSE && graph.outputs().get(0).shape().rank() != 3) {
            graph.close();
            throw U2Script.noReverseScores();
        }
        return graph;
    }
}
