package org.quantvoice.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;

/** Finds the files that options name, on the driver, and has Spark send them to the executors. */
final class RecipeResolver {
    private static final int SHORT_HASH = 16;

    private final SparkContext spark;
    private final SpeechOptions options;

    private RecipeResolver(SparkContext spark, SpeechOptions options) {
        this.spark = spark;
        this.options = options;
    }

    /**
     * Opens the model once, so that what is wrong with it is said before anything runs.
     *
     * @throws org.quantvoice.error.QuantVoiceException if a file is missing, or the model cannot be opened
     */
    static Recipe resolve(SparkContext spark, SpeechOptions options) {
        Recipe found = new RecipeResolver(spark, options).recipe();
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
            Recipe.Part part = new Recipe.Part(file.toString(), false, ModelFiles.sha256(file));
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

    private Recipe.@Nullable Part part(@Nullable String path) {
        return path == null ? null : required(path);
    }

    private Recipe.Part required(String path) {
        if (isRemote(path)) {
            spark.addFile(path, false);
            String name = Path.of(URI.create(path).getPath()).getFileName().toString();
            return new Recipe.Part(name, true, ModelFiles.sha256(Path.of(SparkFiles.get(name))));
        }
        Path file = Path.of(path).toAbsolutePath();
        if (!Files.exists(file)) {
            throw new ModelFormatException("no file " + file, "a file on the driver", "check the path");
        }
        String hash = ModelFiles.sha256(file);
        return spark.isLocal() || !options.distribute
                ? new Recipe.Part(file.toString(), false, hash)
                : new Recipe.Part(send(file, hash), true, hash);
    }

    /** Spark knows files by their names alone, and two models may both have a tokens.json: so the hash goes in front. */
    private String send(Path file, String hash) {
        String name = hash.substring(0, SHORT_HASH) + "-" + file.getFileName();
        try {
            Path link = Files.createTempDirectory("quantvoice-send").resolve(name);
            Files.createSymbolicLink(link, file);
            link.getParent().toFile().deleteOnExit();
            link.toFile().deleteOnExit(); // removed in reverse order, so the link goes before its folder
            spark.addFile(link.toString(), Files.isDirectory(file));
            return name;
        } catch (IOException e) {
            throw new OutputException(
                    "a temporary folder that cannot be written: " + e, "one for names of files", "free some space", e);
        }
    }

    private static boolean isRemote(String path) {
        return path.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*") && !path.startsWith("file:");
    }
}
