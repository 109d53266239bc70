package org.quantvoice.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Graph;

/**
 * The one owner of a model file while it is looked at, quantized and opened: it is read when something is first asked of it, and
 * its graph is made once. What nobody took is closed with this. A file that no importer reads, such as a {@code .qv} file, is
 * only named by it. For one thread at a time.
 */
public final class OpenModel implements AutoCloseable {
    private final Path file;
    private final Optional<FrontEndChoice> frontEnd;
    private final Optional<ModelImporter> importer;
    private @Nullable ImportedModel imported;
    private @Nullable Graph graph;
    private @Nullable Optional<StreamingGraphs> streaming;
    private @Nullable LengthDependence dependence;

    private OpenModel(Path file, Optional<FrontEndChoice> frontEnd, Optional<ModelImporter> importer) {
        this.file = file;
        this.frontEnd = frontEnd;
        this.importer = importer;
    }

    public static OpenModel of(Path file) {
        return of(file, Optional.empty());
    }

    /**
     * @param frontEnd the front end of a model whose file names none
     * @throws ModelFormatException if a front end is named for a file that no importer reads
     */
    public static OpenModel of(Path file, Optional<FrontEndChoice> frontEnd) {
        Optional<ModelImporter> importer = ModelImporter.of(file);
        if (frontEnd.isPresent() && importer.isEmpty()) {
            throw new ModelFormatException(
                    "the front end '" + frontEnd.get() + "' for " + file + ", which is no model of another program",
                    "an ONNX file or a folder of Hugging Face's transformers",
                    "leave the front end out");
        }
        return new OpenModel(file, frontEnd, importer);
    }

    /** A model that is read by an importer of the caller's choice. */
    public static OpenModel by(ModelImporter importer, Path file, Optional<FrontEndChoice> frontEnd) {
        return new OpenModel(file, frontEnd, Optional.of(importer));
    }

    public Path file() {
        return file;
    }

    /** Returns whether it is a model of another format, which an importer reads. */
    public boolean isForeign() {
        return importer.isPresent();
    }

    /**
     * The open file, which stays this owner's; it is opened if it is not, or was let go.
     *
     * @throws ModelFormatException if no importer reads it, or it is damaged
     */
    public ImportedModel imported() {
        if (imported == null) {
            imported = importer.orElseThrow(() -> new ModelFormatException(
                            file + ", which is no .qv file",
                            "a .qv file, or java/torch on the class path for .pt files",
                            "quantize the model with qv quantize"))
                    .open(file, frontEnd);
        }
        return imported;
    }

    /** The graph of {@code forward}, which stays this owner's unless it is taken. */
    public Graph graph() {
        if (graph == null) {
            graph = imported().graph();
        }
        return graph;
    }

    /**
     * Returns why the model has no graph for all lengths, but one for each; empty if {@link #graph()} gives one.
     *
     * @throws UnsupportedOperatorException if a graph cannot express the model at any length
     */
    public Optional<LengthDependence> lengthDependence() {
        if (graph == null && dependence == null) {
            try {
                graph = imported().graph();
            } catch (UnsupportedOperatorException e) {
                long samples = imported().knownLength().orElseThrow(() -> e);
                dependence = new LengthDependence(e, samples);
            }
        }
        return Optional.ofNullable(dependence);
    }

    /** Hands the open file over to the caller, who closes it. */
    public ImportedModel takeImported() {
        ImportedModel taken = imported();
        imported = null;
        return taken;
    }

    /**
     * Hands the graph over to the caller, who closes it, with runs to compare with.
     *
     * @param inputs waveforms, the shortest first, of which those are run that the model takes
     * @param compare whether runs are wanted to compare with, and not only to tell what the model's output means
     */
    public SourcedGraph take(List<float[]> inputs, boolean compare) {
        SourcedGraph taken = imported().trials(graph(), inputs, compare);
        graph = null;
        return taken;
    }

    /** The graphs of a streaming model, which stay this owner's unless they are taken; empty if it is none. */
    public Optional<StreamingGraphs> streaming() {
        Optional<StreamingGraphs> known = streaming;
        if (known == null) {
            known = isForeign() ? imported().streaming() : Optional.empty();
            streaming = known;
        }
        return known;
    }

    /** Hands the graphs of a streaming model over to the caller, who closes them. */
    public Optional<StreamingGraphs> takeStreaming() {
        Optional<StreamingGraphs> taken = streaming();
        streaming = null;
        return taken;
    }

    /**
     * Returns what differentiates the model, which can be used until it is let go or closed; empty if nothing does.
     */
    public Optional<Gradients> gradients() {
        return isForeign() ? imported().gradients() : Optional.empty();
    }

    /** Returns what differentiates a streaming model, which can be used until it is let go or closed; empty if nothing does. */
    public Optional<StreamingGradients> streamingGradients() {
        return isForeign() ? imported().streamingGradients() : Optional.empty();
    }

    /** Closes the file and gives back its memory, once nothing more is wanted of it; graphs stay. */
    public void letGo() {
        if (imported != null) {
            imported.close();
            imported = null;
        }
    }

    @Override
    public void close() {
        letGo();
        if (graph != null) {
            graph.close();
            graph = null;
        }
        if (streaming != null) {
            streaming.ifPresent(graphs -> graphs.all().forEach(Graph::close));
            streaming = null;
        }
    }
}
