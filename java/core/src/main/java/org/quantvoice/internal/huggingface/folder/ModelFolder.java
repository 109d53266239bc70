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

/** A model that Hugging Face's libraries saved: a folder of JSON files beside the weights. */
public record ModelFolder(Path path) {
    public static final String CONFIG = "config.json";

    /** Largest size of a JSON file in bytes; the largest tokenizer.json in use is smaller. */
    private static final int MAX_BYTES = 64 << 20;

    /** Returns whether a path is a folder with a model. */
    public static boolean is(Path path) {
        return Files.isDirectory(path) && Files.isRegularFile(path.resolve(CONFIG));
    }

    public boolean has(String name) {
        return Files.isRegularFile(path.resolve(name));
    }

    public Path file(String name) {
        return path.resolve(name);
    }

    /** Returns a JSON file of the folder, or empty if there is none. */
    public Optional<JsonNode> find(String name) {
        return has(name) ? Optional.of(read(name)) : Optional.empty();
    }

    /**
     * Returns a JSON file of the folder.
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
