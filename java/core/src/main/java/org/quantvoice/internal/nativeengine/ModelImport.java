package org.quantvoice.internal.nativeengine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.OutputForm;
import org.quantvoice.internal.engine.Services;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.program.ShortestInput;
import org.quantvoice.internal.qv.OpenQv;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.qv.QvStream;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.GraphSource;
import org.quantvoice.source.SourcedGraph;
import org.quantvoice.source.StreamingGraphSource;

/**
 * Writes models of other formats as {@code .qv} files, unchanged: the weights are copied from file to file, without
 * being packed for this CPU. Stateless and thread-safe.
 */
public final class ModelImport {
    private ModelImport() {}

    /**
     * Writes a model atomically, after comparing the engine's results with the trial runs of its source if {@code
     * verify} is set.
     *
     * @param model a file or folder that a {@link GraphSource} reads
     * @param tokens the token list as text, stored in the file
     * @param frontEnd the front end of a model whose file names none
     * @param target the {@code .qv} file
     * @param verify whether the comparison is made
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be read, or the file cannot be written
     */
    public static void toQv(
            Path model, Optional<String> tokens, Optional<FrontEndChoice> frontEnd, Path target, boolean verify) {
        Optional<GraphSource> source = source(model, frontEnd);
        boolean streams = Services.installed(StreamingGraphSource.class).stream()
                .anyMatch(s -> s.read(model).isPresent());
        if (source.isEmpty() || streams) {
            ModelRequest request = new ModelRequest(
                    model,
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    1,
                    Progress.none(),
                    tokens,
                    Optional.empty(),
                    verify);
            try (AcousticModel opened = new NativeEngine().open(request)) {
                opened.save(target);
            }
            return;
        }
        SourcedGraph sourced = source.get().readWithTrials(model, ImportCheck.inputs());
        Graph folded = BatchNormFolding.apply(sourced.graph());
        OutputForm form = AcousticOutput.form(folded, sourced.trials());
        Map<String, String> facts = Provenance.of(model, Optional.empty(), List.of());
        facts.put("output", form.toString());
        try (QvModel whole = new QvModel(AcousticOutput.of(folded, form), tokens, facts)) {
            if (!verify || sourced.trials().isEmpty()) {
                ShortestInput.of(whole.graph());
                QvFile.write(whole, target);
            } else {
                QvFile.write(NativeEngine.checked(whole, model, sourced, form), target);
            }
        }
    }

    /**
     * The front end that a {@code .qv} file holds; nothing if its model takes samples.
     *
     * @throws ModelFormatException if the file is of another format, or damaged
     */
    public static Optional<String> frontEnd(Path file) {
        OpenQv open = OpenQv.of(file);
        if (open.holdsStream()) {
            try (QvStream stream = open.stream()) {
                return Optional.of("kaldi:bins=" + stream.constants().get("melBins"));
            }
        }
        try (QvModel model = open.model()) {
            return FrontEndOperator.find(model.graph())
                    .map(FrontEndOperator::settings)
                    .map(FrontEnd::describe);
        }
    }

    /**
     * Returns the source that reads a model, with the front end that its file does not name.
     *
     * @return empty if no source reads it, as for a {@code .qv} file
     * @throws org.quantvoice.error.QuantVoiceException if a front end is named for a model that contains its own
     */
    public static Optional<GraphSource> source(Path model, Optional<FrontEndChoice> frontEnd) {
        Optional<GraphSource> source = Services.installed(GraphSource.class).stream()
                .filter(s -> s.reads(model))
                .findFirst();
        if (frontEnd.isPresent() && source.isEmpty()) {
            throw new ModelFormatException(
                    "the front end '" + frontEnd.get() + "' for " + model + ", which is no model of another program",
                    "an ONNX file or a folder of Hugging Face's transformers",
                    "leave the front end out");
        }
        return source.map(s -> frontEnd.map(s::withFrontEnd).orElse(s));
    }
}
