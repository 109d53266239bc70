package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.source.StreamingGraphSource;
import org.quantvoice.source.StreamingGraphs;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.graph.InputSpec;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;

/** Imports the streaming methods of TorchScript files as graphs. */
public final class TorchStreamingSource implements StreamingGraphSource {
    private static final long ALL = -1;
    private static final int FORWARD = 0;
    private static final int REVERSE = 1;

    @Override
    public Optional<StreamingGraphs> read(Path model) {
        if (!ScriptArchive.looksLikeZip(model)) {
            return Optional.empty();
        }
        ScriptArchive.check(model);
        Libtorch.load();
        try (ScriptModule module = ScriptModule.load(model, Optional.empty());
                TorchCall call = new TorchCall(1)) {
            return U2Script.matches(module.module())
                    ? Optional.of(read(module.module(), U2Shapes.of(module)))
                    : Optional.empty();
        }
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
