package org.quantvoice;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.nativeengine.ModelImport;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.source.FrontEndChoice;

/**
 * A model that lies in a file, in a folder or in a jar, and what can be known of it without making it ready to run; or the same
 * model as a {@code .qv} file. Immutable; nothing is kept open.
 *
 * <pre>{@code
 * ModelFile model = ModelFile.of(Path.of("wav2vec2-large-xlsr-53-german"));
 * model.modules();
 * model.convertTo(Path.of("german.qv"), true);
 * }</pre>
 */
public final class ModelFile {
    private final String name;
    private final @Nullable Path vocabulary;
    private final Optional<String> chosenFrontEnd;

    private ModelFile(String name, @Nullable Path vocabulary, Optional<String> chosenFrontEnd) {
        this.name = name;
        this.vocabulary = vocabulary;
        this.chosenFrontEnd = chosenFrontEnd;
    }

    /**
     * Names a file ({@code .qv}, TorchScript, ONNX, NeMo) or a folder of Hugging Face's transformers ({@code
     * adapter.<language>.safetensors} in it chooses a language of many).
     */
    public static ModelFile of(Path file) {
        return named(file.toAbsolutePath().toString());
    }

    /**
     * Names a model of a jar on the class path, such as {@code digits}.
     *
     * @throws ModelFormatException if there is none of that name
     */
    public static ModelFile embedded(String name) {
        if (!ModelSource.isEmbedded(name)) {
            throw new ModelFormatException(
                    "the embedded model '" + name + "', which is not on the class path",
                    "the name of one that is, such as " + ModelSource.DEFAULT,
                    "add the jar of the model, quantvoice-model-" + name + ", or correct the name");
        }
        return named(name);
    }

    /** Returns the embedded model of that name, or else names the file at that path. */
    public static ModelFile named(String nameOrPath) {
        return new ModelFile(Objects.requireNonNull(nameOrPath, "nameOrPath"), null, Optional.empty());
    }

    /**
     * Returns the same model with another token list than that of the folder, the one beside the file, or the one in
     * it.
     */
    public ModelFile withVocabulary(Path tokens) {
        return new ModelFile(name, Objects.requireNonNull(tokens, "tokens"), chosenFrontEnd);
    }

    /**
     * Returns the same model with the front end, which its file does not name.
     *
     * @param frontEnd how samples become the model's input; refused if the file says otherwise: {@code none} or
     *     {@code normalize} (samples), {@code kaldi}, {@code nemo}, {@code lasr} or {@code whisper} (features), with
     *     settings behind a colon, as {@code kaldi:bins=80,normalize=true,stack=2}
     */
    public ModelFile withFrontEnd(String frontEnd) {
        return new ModelFile(name, vocabulary, Optional.of(frontEnd));
    }

    /**
     * Returns the file or folder; an embedded model is extracted first.
     *
     * @throws ModelFormatException if there is none
     */
    public Path path() {
        return ModelSource.file(name);
    }

    /**
     * Returns the modules of the model, parents before children.
     *
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be read
     */
    public List<ModuleInfo> modules() {
        return Engines.installed().modules(path());
    }

    /**
     * Returns what the file tells of the origin of the model: source, recipe, calibration set, version of the
     * library; see docs/file-format.md. The map is empty for files of other formats than {@code .qv}.
     */
    public Map<String, String> provenance() {
        return QvFile.provenance(path());
    }

    /**
     * Returns the settings with which live streams run over the model unless told otherwise, as its token list says
     * (in the file or beside it); empty if the list says nothing of chunks.
     */
    public Optional<StreamSettings> streaming() {
        try (ModelSource source = ModelSource.of(name, vocabulary)) {
            return source.card().flatMap(ModelCard::training).map(StreamTraining::settings);
        }
    }

    /**
     * Returns the front end that makes features of samples, in the words of {@link #withFrontEnd}; empty if the model
     * takes samples. Only {@code .qv} files hold it.
     *
     * @throws ModelFormatException if the file is of another format, or damaged
     */
    public Optional<String> frontEnd() {
        return ModelImport.frontEnd(path());
    }

    /**
     * Returns whether the model has a token list, without which it gives log-probabilities but no words.
     *
     * @throws org.quantvoice.error.QuantVoiceException if there is no such model, or its list is damaged
     */
    public boolean hasTokens() {
        try (ModelSource source = ModelSource.of(name, vocabulary)) {
            return source.card().isPresent();
        }
    }

    /**
     * Writes the model as a {@code .qv} file, in the numbers that it has.
     *
     * @param target the file, written atomically
     * @param verify whether the engine's results are compared with those of the model's own runtime or of the reference
     *     interpreter before the file is written
     * @return whether the file holds a token list
     * @throws org.quantvoice.error.OutputException if the name does not end in {@code .qv}, or the file cannot be written
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be read
     */
    public boolean convertTo(Path target, boolean verify) {
        ModelFit.requireQv(target);
        Optional<FrontEndChoice> choice = chosenFrontEnd.map(FrontEndChoice::parse);
        try (ModelSource source = ModelSource.of(name, vocabulary, choice)) {
            return convert(source, choice, target, verify);
        }
    }

    private static boolean convert(ModelSource source, Optional<FrontEndChoice> choice, Path target, boolean verify) {
        if (choice.isPresent() && source.card().isPresent()) {
            requireRate(source.card().get(), choice.get());
        }
        if (!source.opened().isForeign()) {
            Engines.installed().choose(source.file(), Optional.empty()); // says what a file is that is no model
        }
        Optional<String> tokens = source.card().map(ModelCard::toJson);
        ModelImport.toQv(source.opened(), tokens, target, verify);
        return tokens.isPresent();
    }

    private static void requireRate(ModelCard card, FrontEndChoice frontEnd) {
        if (card.sampleRate() != frontEnd.sampleRate()) {
            throw new ModelFormatException(
                    "the front end '" + frontEnd + "' at " + frontEnd.sampleRate() + " Hz",
                    card.sampleRate() + " Hz, which the token list says",
                    "correct one of them");
        }
    }

    /** Returns the name of an embedded model, or the path. */
    @Override
    public String toString() {
        return name;
    }
}
