package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;

/** The files of a folder of cases; models and lexicons are opened once. */
final class CaseFiles implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;
    private final Map<Path, LanguageModel> models = new HashMap<>();
    private final Map<Path, Lexicon> lexicons = new HashMap<>();

    CaseFiles(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    /** Returns the path of a file that a case names: beside the cases, or beside their folder. */
    Path resolve(String name) {
        Path inside = root.resolve(name);
        Path parent = root.toAbsolutePath().normalize().getParent();
        return Files.exists(inside) || parent == null ? inside : parent.resolve(name);
    }

    LanguageModel model(String name) {
        return models.computeIfAbsent(resolve(name), LanguageModel::open);
    }

    Lexicon lexicon(String name) {
        return lexicons.computeIfAbsent(resolve(name), Lexicon::read);
    }

    static Vocabulary vocabulary(JsonNode labels) {
        List<String> tokens = new ArrayList<>();
        labels.path("labels").forEach(label -> tokens.add(label.asText()));
        JsonNode delimiter = labels.path("word_delimiter");
        return new Vocabulary(
                tokens,
                labels.path("blank").asInt(-1),
                delimiter.isInt() ? OptionalInt.of(delimiter.asInt()) : OptionalInt.empty(),
                labels.path("bpe").asBoolean(false));
    }

    @Override
    public void close() {
        models.values().forEach(LanguageModel::close);
    }
}
