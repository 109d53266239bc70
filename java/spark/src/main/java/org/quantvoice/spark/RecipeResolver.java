package org.quantvoice.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.error.ModelFormatException;

/** Finds the files that options name, on the driver, and has Spark send them to executors that are other JVMs. */
final class RecipeResolver {
    private final SparkContext spark;
    private final SpeechOptions options;

    private RecipeResolver(SparkContext spark, SpeechOptions options) {
        this.spark = spark;
        this.options = options;
    }

    /**
     * Opens the model once, from the same files as executors, so that a fault of it is reported before anything runs.
     *
     * @throws org.quantvoice.error.QuantVoiceException if a file is missing, or the model cannot be opened
     */
    static Recipe resolve(SparkContext spark, SpeechOptions options) {
        Sessions.closeWith(spark);
        Recipe found = new RecipeResolver(spark, options).recipe();
        QuantSession session = Sessions.get(found);
        boolean cuts = !session.streams() && session.vocabulary().marksWords();
        if (!spark.isLocal()) {
            Sessions.closeAll(); // the driver does not need the model, so its memory is freed
        }
        return found.withCuts(cuts);
    }

    private Recipe recipe() {
        if (!Listing.isAddress(options.model) && !Files.exists(Path.of(options.model))) {
            // throws if there is no embedded model of this name
            Path file = QuantSession.builder().model(options.model).modelFile();
            Recipe.Part part = new Recipe.Part(file.toString(), null, ModelFiles.sha256(file));
            return recipe(options.model, part, part(options.vocabulary));
        }
        Path model = local(options.model);
        Path list = options.vocabulary == null
                ? QuantSession.builder().model(model).vocabularyFile().orElse(null)
                : local(options.vocabulary);
        return recipe(null, part(model), list == null ? null : part(list));
    }

    private Recipe recipe(@Nullable String embedded, Recipe.Part model, Recipe.@Nullable Part vocabulary) {
        return new Recipe(
                options, embedded, model, vocabulary, part(options.languageModel), part(options.lexicon), false);
    }

    private Recipe.@Nullable Part part(@Nullable String path) {
        return path == null ? null : part(local(path));
    }

    private Recipe.Part part(Path file) {
        String hash = ModelFiles.sha256(file);
        boolean sent = options.distribute && !spark.isLocal();
        return new Recipe.Part(file.toString(), sent ? DriverFiles.of(spark).send(file, hash) : null, hash);
    }

    /** Returns a file on the driver, which is a copy if the file is in another file system. */
    private Path local(String path) {
        if (Listing.isAddress(path) && !path.startsWith("file:")) {
            if (!spark.isLocal() && !options.distribute) {
                throw new ModelFormatException(
                        path + " for a file of the model",
                        "a path that every machine has, on a shared disk for example",
                        "copy it there, or let Spark send it");
            }
            return DriverFiles.of(spark).fetch(path);
        }
        String plain = path.startsWith("file:")
                ? new org.apache.hadoop.fs.Path(path).toUri().getPath()
                : path;
        Path file = Path.of(plain).toAbsolutePath();
        if (!Files.exists(file)) {
            throw new ModelFormatException("no file " + file, "a file on the driver", "check the path");
        }
        return file;
    }
}
