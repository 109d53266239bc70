package org.quantvoice.internal.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Shape;
import org.quantvoice.internal.huggingface.FolderCard;
import org.quantvoice.internal.huggingface.Frames;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.tokens.FolderTokens;
import org.quantvoice.internal.huggingface.tokens.TokenList;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.source.FrontEndChoice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the token list of an ONNX file: in its metadata, as in our own files, or beside it in one of the files that
 * sherpa-onnx, onnx-asr and transformers write (tokens.txt, vocab.txt, units.txt, vocab.json, tokenizer.json, a
 * SentencePiece model).
 */
final class OnnxTokens {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxTokens.class);

    /** Key of our own files' metadata that holds the text of a {@code tokens.json}. */
    private static final String TOKENS = "tokens";

    private static final int RATE = 16_000;
    private static final long MOST_SAMPLES = 1L << 24;
    private static final long MANY = 11;

    private OnnxTokens() {}

    /** @param graph gives the model's graph, which stays the giver's, if the list does not say the model's sizes */
    static Optional<String> of(OnnxModel model, Optional<FrontEndChoice> frontEnd, Supplier<Graph> graph) {
        Optional<String> own = Optional.ofNullable(model.metadata().get(TOKENS)).filter(text -> text.startsWith("{"));
        return own.isPresent() ? own : beside(model, frontEnd, graph);
    }

    private static Optional<String> beside(OnnxModel model, Optional<FrontEndChoice> frontEnd, Supplier<Graph> made) {
        Path folder = model.file().toAbsolutePath().getParent();
        if (folder == null) {
            return Optional.empty();
        }
        Optional<TokenList> list = new FolderTokens(new ModelFolder(folder), Optional.empty()).read();
        if (list.isEmpty()) {
            return Optional.empty();
        }
        try {
            Graph graph = made.get();
            Shape shape = graph.outputs().get(0).shape();
            boolean last = shape.rank() >= 2 && shape.dim(-1).isConstant();
            Dim tokens = shape.dim(last ? -1 : -2);
            if (!tokens.isConstant()) {
                return Optional.empty();
            }
            Frames frames = frames(graph, shape.dim(last ? -2 : -1));
            int rate = frontEnd.map(FrontEndChoice::sampleRate).orElse(RATE);
            return Optional.of(
                    new FolderCard(list.get(), Math.toIntExact(tokens.constant()), Optional.empty(), frames, rate)
                            .toJson());
        } catch (org.quantvoice.error.UnsupportedOperatorException e) {
            LOG.debug("no token list of a model that is not read", e); // reading the model reports what is wrong
            return Optional.empty();
        }
    }

    /** Returns how many samples the first frame needs, and how many each later frame adds. */
    private static Frames frames(Graph graph, Dim frames) {
        long window = samples(graph, frames, 1);
        long hop = Math.max(1, (samples(graph, frames, MANY) - window) / (MANY - 1));
        return new Frames(hop, Math.max(window, hop));
    }

    /** Returns the fewest samples that give {@code count} frames. */
    private static long samples(Graph graph, Dim frames, long count) {
        long low = 0;
        long high = 1;
        while (high < MOST_SAMPLES && !enough(graph, frames, high, count)) {
            low = high;
            high *= 2;
        }
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (enough(graph, frames, middle, count)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static boolean enough(Graph graph, Dim frames, long samples, long count) {
        try {
            return frames.evaluate(graph.sizes(List.of(new long[] {1, samples}), Map.of())) >= count;
        } catch (QuantVoiceException e) {
            return true; // the model takes one length only
        }
    }
}
