package org.quantvoice.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.error.ModelFormatException;

/** Finds the files that options name, on the driver; executors have them at the same paths. */
final class RecipeResolver {
    private final SpeechOptions options;

    private RecipeResolver(SpeechOptions options) {
        this.options = options;
    }

    /**
     * Opens the model once, so that what is wrong with it is said before anything runs.
     *
     * @throws org.quantvoice.error.QuantVoiceException if a file is missing, or the model cannot be opened
     */
    static Recipe resolve(SparkContext spark, SpeechOptions options) {
        Recipe found = new RecipeResolver(options).recipe();
        Sessions.closeWith(spark);
        QuantSession session = Sessions.get(found);
        boolean cuts = !session.streams() && session.vocabulary().marksWords();
        if (!spark.isLocal()) {
            Sessions.closeAll(); // the driver's memory is not the place for it
        }
        return found.withCuts(cuts);
    }

    private Recipe recipe() {
        String model = options.model;
        boolean path = Files.exists(Path.of(model)) || isRemote(model);
        if (!path) {
            Path file = QuantSession.builder().model(model).modelFile(); // or says what it expected
            Recipe.Part part = new Recipe.Part(file.toString(), ModelFiles.sha256(file));
            return new Recipe(options, model, part, part(options.vocabulary), lm(), lexicon(), false);
        }
        String vocabulary = options.vocabulary;
        if (vocabulary == null && !isRemote(model) && !Files.isDirectory(Path.of(model))) {
            vocabulary = beside(Path.of(model).toAbsolutePath());
        }
        return new Recipe(options, null, required(model), part(vocabulary), lm(), lexicon(), false);
    }

    private Recipe.@Nullable Part lm() {
        return part(options.languageModel);
    }

    private Recipe.@Nullable Part lexicon() {
        return part(options.lexicon);
    }

    /** The token list that a session would find, which does not travel by itself. */
    private static @Nullable String beside(Path model) {
        String name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        for (String list : List.of(stem + ".tokens.json", "tokens.json")) {
            Path file = model.resolveSibling(list);
            if (Files.isRegularFile(file)) {
                return file.toString();
            }
        }
        return null;
    }

    private static Recipe.@Nullable Part part(@Nullable String path) {
        return path == null ? null : required(path);
    }

    private static Recipe.Part required(String path) {
        if (isRemote(path)) {
            throw new ModelFormatException(
                    path + " for a file of the model",
                    "a path that every machine has, on a shared disk for example",
                    "copy it there, or put a model into a jar");
        }
        Path file = Path.of(path).toAbsolutePath();
        if (!Files.exists(file)) {
            throw new ModelFormatException("no file " + file, "a file on the driver", "check the path");
        }
        return new Recipe.Part(file.toString(), ModelFiles.sha256(file));
    }

    private static boolean isRemote(String path) {
        return path.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*") && !path.startsWith("file:");
    }
}
