package org.quantvoice.internal.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxReader;
import org.quantvoice.internal.reference.ReferenceTrials;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ImportedModel;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.SourcedGraph;

/** Reads ONNX files as graphs, in float or as another program quantized them. */
public final class OnnxSource implements ModelImporter {
    private static final String ENDING = ".onnx";
    private static final int HEAD = 4;
    /**
     * First byte of a model: its first field is the version, a small number; fields of texts, sets of operators or
     * the graph follow.
     */
    private static final int VERSION = 0x08;

    private static final int MOST_VERSION = 31;
    private static final List<Integer> SECOND = List.of(0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42);

    @Override
    public boolean reads(Path model) {
        if (!Files.isRegularFile(model)) {
            return false;
        }
        String name = String.valueOf(model.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(ENDING) || looksLikeOnnx(model);
    }

    private static boolean looksLikeOnnx(Path model) {
        try (InputStream in = Files.newInputStream(model)) {
            byte[] head = in.readNBytes(HEAD);
            return head.length == HEAD
                    && head[0] == VERSION
                    && head[1] > 0
                    && head[1] <= MOST_VERSION
                    && SECOND.contains((int) head[2]);
        } catch (IOException e) {
            return false; // opening the file reports what is wrong
        }
    }

    @Override
    public ImportedModel open(Path model, Optional<FrontEndChoice> frontEnd) {
        return new Opened(OnnxReader.read(model), frontEnd);
    }

    private static final class Opened implements ImportedModel {
        private final OnnxModel model;
        private final Optional<FrontEndChoice> frontEnd;
        /** Made when the token list asked for its sizes, and not handed over yet. */
        private @Nullable Graph made;

        /** @param frontEnd the one that the caller names, for files whose metadata name none and that take features */
        Opened(OnnxModel model, Optional<FrontEndChoice> frontEnd) {
            this.model = model;
            this.frontEnd = frontEnd;
        }

        private Graph made() {
            Graph graph = made == null ? OnnxImport.graph(model, frontEnd) : made;
            made = graph;
            return graph;
        }

        @Override
        public Graph graph() {
            Graph graph = made();
            made = null;
            return graph;
        }

        @Override
        public Optional<String> tokens() {
            return OnnxTokens.of(model, frontEnd, this::made);
        }

        @Override
        public SourcedGraph trials(Graph graph, List<float[]> inputs, boolean compare) {
            return ReferenceTrials.of(graph, inputs);
        }

        /** Weights are read where they lie in the file, and the graph's constants hold them. */
        @Override
        public void close() {
            if (made != null) {
                made.close();
                made = null;
            }
        }
    }
}
