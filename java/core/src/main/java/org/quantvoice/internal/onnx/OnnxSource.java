package org.quantvoice.internal.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.read.OnnxReader;
import org.quantvoice.internal.reference.ReferenceTrials;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.GraphSource;
import org.quantvoice.source.SourcedGraph;

/** Reads ONNX files as graphs, in float or as another program quantized them. */
public final class OnnxSource implements GraphSource {
    private static final String ENDING = ".onnx";
    private static final int HEAD = 4;
    /**
     * First byte of a model: its first field is the version, a small number; fields of texts, sets of operators or
     * the graph follow.
     */
    private static final int VERSION = 0x08;

    private static final int MOST_VERSION = 31;
    private static final List<Integer> SECOND = List.of(0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42);

    private final Optional<FrontEndChoice> frontEnd;

    /** Makes a source for files whose metadata name their front end, and for those that take samples. */
    public OnnxSource() {
        this(Optional.empty());
    }

    private OnnxSource(Optional<FrontEndChoice> frontEnd) {
        this.frontEnd = frontEnd;
    }

    @Override
    public GraphSource withFrontEnd(FrontEndChoice choice) {
        return new OnnxSource(Optional.of(choice));
    }

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
    public Graph read(Path model) {
        return OnnxImport.graph(OnnxReader.read(model), frontEnd);
    }

    @Override
    public Optional<String> tokens(Path model) {
        OnnxModel opened = OnnxReader.read(model);
        return OnnxTokens.of(opened, frontEnd);
    }

    @Override
    public SourcedGraph readWithTrials(Path model, List<float[]> inputs) {
        Graph graph = read(model);
        return new SourcedGraph(graph, ReferenceTrials.of(graph, inputs), false);
    }
}
