package org.quantvoice;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.nativeengine.ModelImport;
import org.quantvoice.source.FrontEndChoice;

/** Writes models of other programs as {@code .qv} files, in the numbers that they have. */
public final class ModelConverter {
    private ModelConverter() {}

    /**
     * Writes a model that says itself how samples become its input.
     *
     * @see #toQv(Path, Optional, Optional, Path, boolean)
     */
    public static boolean toQv(Path model, Optional<Path> vocabulary, Path target, boolean verify) {
        return toQv(model, vocabulary, Optional.empty(), target, verify);
    }

    /**
     * Writes a model: a folder of Hugging Face's transformers, a file of NeMo, an ONNX file, or a TorchScript file where {@code
     * quantvoice-torch} is on the class path.
     *
     * @param model the folder or file; {@code adapter.<language>.safetensors} in a folder chooses a language of many
     * @param vocabulary its token list; empty: that of the folder, or the one beside the file
     * @param frontEnd how samples become the model's input, if its file does not say so; refused if it says otherwise: {@code
     *     none} or {@code normalize} (samples), {@code kaldi}, {@code nemo} or {@code lasr} (features), with settings behind a
     *     colon, as {@code kaldi:bins=80,normalize=true,stack=2}
     * @param target the {@code .qv} file, written atomically
     * @param verify whether the engine's results are compared with those of the model's own runtime or of the reference
     *     interpreter before the file is written
     * @return whether the file holds a token list, without which it gives log-probabilities but no words
     * @throws org.quantvoice.error.QuantVoiceException if the model cannot be read, or the file not be written
     */
    public static boolean toQv(
            Path model, Optional<Path> vocabulary, Optional<String> frontEnd, Path target, boolean verify) {
        Optional<FrontEndChoice> choice = frontEnd.map(FrontEndChoice::parse);
        ModelSource source = ModelSource.of(model.toAbsolutePath().toString(), vocabulary.orElse(null), choice);
        if (choice.isPresent() && source.card().isPresent()) {
            requireRate(source.card().get(), choice.get());
        }
        if (ModelImport.source(source.file(), choice).isEmpty()) {
            Engines.installed().choose(source.file(), Optional.empty()); // says what a file is that is no model
        }
        Optional<String> tokens = source.card().map(ModelCard::toJson);
        ModelImport.toQv(source.file(), tokens, choice, target, verify);
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
}
