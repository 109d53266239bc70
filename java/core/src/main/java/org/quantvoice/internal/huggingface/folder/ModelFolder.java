package org.quantvoice.internal.huggingface.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/** A model as Hugging Face's libraries save it: a folder of JSON files beside the weights. */
public record ModelFolder(Path path) {
    public static final String CONFIG = "config.json";

    /** More than the largest tokenizer.json in use. */
    private static final int MAX_BYTES = 64 << 20;

    /** Whether a path is such a folder. */
    public static boolean is(Path path) {
        return Files.isDirectory(path) && Files.isRegularFile(path.resolve(CONFIG));
    }

    public boolean has(String name) {
        return Files.isRegularFile(path.resolve(name));
    }

    public Path file(String name) {
        return path.resolve(name);
    }

    /** A JSON file of the folder if it is there. */
    public Optional<JsonNode> find(String name) {
        return has(name) ? Optional.of(read(name)) : Optional.empty();
    }

    /**
     * A JSON file of the folder.
     *
     * @throws ModelFormatException if it is missing or no JSON
     */
    public JsonNode json(String name) {
        if (!has(name)) {
            throw new ModelFormatException(
                    path + " without " + name, "the whole folder of the model", "download the folder again");
        }
        return read(name);
    }

    private JsonNode read(String name) {
        Path file = path.resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            return JsonReader.read(in, MAX_BYTES);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check its permissions", e);
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(file + ": " + e.got(), e.expected(), "download the file again", e);
        }
    }
}
