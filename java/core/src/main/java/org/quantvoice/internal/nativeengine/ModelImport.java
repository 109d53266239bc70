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
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.passes.BatchNormFolding;
import org.quantvoice.internal.passes.ShortestInput;
import org.quantvoice.internal.qv.OpenQv;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.qv.QvStream;
import org.quantvoice.source.OpenModel;
import org.quantvoice.source.SourcedGraph;

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
     * @param opened the model, which the caller closes
     * @param tokens the token list as text, kept in the file
     * @param target the {@code .qv} file
     * @param verify whether the comparison is made
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be read, or the file cannot be written
     */
    public static void toQv(OpenModel opened, Optional<String> tokens, Path target, boolean verify) {
        Path model = opened.file();
        if (!opened.isForeign() || opened.streaming().isPresent()) {
            ModelRequest request = new ModelRequest(
                    model,
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    1,
                    Progress.none(),
                    tokens,
                    Optional.empty(),
                    verify,
                    false,
                    Optional.empty());
            try (AcousticModel ready = new NativeEngine().open(request, opened)) {
                ready.save(target);
            }
            return;
        }
        if (opened.lengthDependence().isPresent()) {
            throw KnownLengthModel.unwritable(target.toString());
        }
        SourcedGraph sourced = opened.take(ImportCheck.inputs(), verify);
        opened.letGo();
        try {
            write(model, sourced, tokens, target, verify);
        } finally {
            sourced.graph().close();
        }
    }

    private static void write(Path model, SourcedGraph sourced, Optional<String> tokens, Path target, boolean verify) {
        Graph folded = BatchNormFolding.apply(sourced.graph());
        OutputForm form = AcousticOutput.form(folded, sourced.trials());
        Map<String, String> facts = Provenance.of(model, Optional.empty(), List.of());
        facts.put("output", form.toString());
        try (QvModel whole = new QvModel(AcousticOutput.of(folded, form), tokens, facts)) {
            ShortestInput.of(whole.graph());
            QvModel checked = whole;
            if (verify) {
                Map<String, String> found = NativeEngine.compared(whole.graph(), sourced, form, 1);
                for (Map.Entry<String, String> fact : found.entrySet()) {
                    checked = checked.withFact(fact.getKey(), fact.getValue());
                }
            }
            QvFile.write(checked, target);
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
}
