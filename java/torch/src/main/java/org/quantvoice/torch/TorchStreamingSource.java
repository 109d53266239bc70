package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.plan.StreamingGraphSource;
import org.quantvoice.plan.StreamingGraphs;
import org.quantvoice.stream.StreamConstants;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.graph.InputSpec;

/** The streaming methods of TorchScript files as graphs. */
public final class TorchStreamingSource implements StreamingGraphSource {
    private static final long ALL = -1;

    @Override
    public Optional<StreamingGraphs> read(Path model) {
        if (!ScriptArchive.looksLikeZip(model)) {
            return Optional.empty();
        }
        ScriptArchive.check(model);
        Libtorch.load();
        Optional<U2Shapes> shapes;
        try (ScriptModule module = ScriptModule.load(model, Optional.empty());
                TorchCall call = new TorchCall(1)) {
            shapes = U2Script.matches(module.module()) ? Optional.of(U2Shapes.of(module)) : Optional.empty();
        }
        return shapes.map(s -> read(model, s));
    }

    private static StreamingGraphs read(Path model, U2Shapes shapes) {
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
        Dim hypotheses = Dim.symbol("N", 1);
        Graph decoder = GraphImporter.importMethod(
                model,
                "forward_attention_decoder",
                List.of(
                        InputSpec.tensor("hyps", DType.INT, hypotheses, Dim.symbol("L", 1)),
                        InputSpec.tensor("lens", DType.INT, hypotheses),
                        encoder,
                        InputSpec.fixed(0.0)));
        // the graphs have the left-to-right decoder only
        StreamConstants oneWay = new StreamConstants(
                constants.melBins(),
                constants.subsampling(),
                constants.rightContext(),
                constants.sos(),
                constants.eos(),
                false);
        return new StreamingGraphs(next, ctc, decoder, oneWay);
    }
}
