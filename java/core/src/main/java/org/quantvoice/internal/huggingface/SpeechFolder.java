package org.quantvoice.internal.huggingface;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.FolderWeights;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.folder.Settings;
import org.quantvoice.internal.huggingface.tokens.FolderTokens;
import org.quantvoice.source.FrontEndChoice;

/** An open folder of a speech recogniser: its configuration, its weights, and the requested language. */
final class SpeechFolder {
    private static final Pattern ADAPTER = Pattern.compile("adapter\\.([A-Za-z0-9_-]+)\\.safetensors");
    private static final String HEAD = "lm_head.weight";
    private static final int MOST_TOKENS = 1 << 20;

    private final ModelFolder folder;
    private final Optional<String> language;
    private final Settings config;
    private final FolderWeights weights;
    private final Family family;
    private final FolderFrontEnd front;

    private SpeechFolder(ModelFolder folder, Optional<String> language, Optional<FrontEndChoice> frontEnd) {
        this.folder = folder;
        this.language = language;
        this.config = new Settings(folder.file(ModelFolder.CONFIG).toString(), folder.json(ModelFolder.CONFIG));
        this.family = Families.of(config);
        this.front = FolderFrontEnd.of(folder, family.features(), frontEnd);
        this.weights = FolderWeights.open(folder);
        language.ifPresent(l -> weights.overlay(folder, "adapter." + l + ".safetensors"));
    }

    static boolean is(Path path) {
        return ModelFolder.is(path) || (language(path).isPresent() && ModelFolder.is(parent(path)));
    }

    static SpeechFolder open(Path path, Optional<FrontEndChoice> frontEnd) {
        Optional<String> language = language(path);
        return new SpeechFolder(new ModelFolder(language.isPresent() ? parent(path) : path), language, frontEnd);
    }

    private static Optional<String> language(Path path) {
        Matcher matcher = ADAPTER.matcher(String.valueOf(path.getFileName()));
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static Path parent(Path path) {
        Path absolute = path.toAbsolutePath().getParent();
        if (absolute == null) {
            throw new ModelFormatException(
                    path + ", which lies in no folder", "a file of a model's folder", "check it");
        }
        return absolute;
    }

    /** Writes the model's input, and normalizes the utterance if the folder asks for it. */
    Value input(Modules modules) {
        Value waveform = WaveformEncoder.waveform(modules);
        if (front.features().isPresent()) {
            Attributes settings = FrontEndOperator.attributes(front.features().get());
            return modules.add(Op.FRONT_END, "features", settings, waveform);
        }
        return front.normalize() ? WaveformEncoder.normalized(modules, waveform) : waveform;
    }

    /** Returns the number of outputs of the model: tokens, with the blank. A language may have its own head. */
    int vocabulary() {
        int usual = family.vocabulary();
        return language.isPresent() && weights.has(HEAD) ? Math.toIntExact(weights.shape(HEAD)[0]) : usual;
    }

    /** Writes the model into a graph. */
    Graph graph() {
        Modules modules = new Modules(weights);
        Value logits = family.write(modules, input(modules), vocabulary());
        config.requireKnown();
        weights.requireAllTaken(family::isForTraining);
        Attributes last = Attributes.of("axis", logits.shape().rank() - 1);
        return modules.build(modules.add(Op.LOG_SOFTMAX, "", last, logits));
    }

    /**
     * Returns the token list and the facts that belong to it, as the text of a {@code tokens.json}; empty if the
     * folder has no tokens.
     */
    Optional<String> card() {
        Optional<Integer> padding = config.has("pad_token_id")
                ? Optional.of(config.integer("pad_token_id", 0, 0, MOST_TOKENS))
                : Optional.empty();
        return new FolderTokens(folder, language).read().map(list -> new FolderCard(
                        list, vocabulary(), padding, front.frames(family.frames()), front.sampleRate())
                .toJson());
    }
}
