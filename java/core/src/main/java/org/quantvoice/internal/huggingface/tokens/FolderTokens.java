package org.quantvoice.internal.huggingface.tokens;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.json.JsonNode;

/** Finds and reads the token list of a folder, in whichever of the usual files it is. */
public final class FolderTokens {
    private static final String VOCAB = "vocab.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    private static final String ALPHABET = "language_model/alphabet.json";
    private static final List<String> PIECES = List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model");
    private static final List<String> LISTS = List.of("vocab.txt", "units.txt", "tokens.txt");
    private static final String DEFAULT_LANGUAGE = "eng";
    private static final String DEFAULT_DELIMITER = "|";

    private final ModelFolder folder;
    private final Optional<String> language;
    private final Optional<JsonNode> config;

    public FolderTokens(ModelFolder folder, Optional<String> language) {
        this.folder = folder;
        this.language = language;
        this.config = folder.find(TOKENIZER_CONFIG).filter(JsonNode::isObject);
    }

    /** Returns the token list, or empty if the folder has none of the files. */
    public Optional<TokenList> read() {
        try {
            return list().map(this::named);
        } catch (ModelFormatException e) {
            throw e;
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(
                    "the tokenizer of " + folder.path() + ": " + e.got(), e.expected(), "download the folder again", e);
        }
    }

    private Optional<TokenList> list() {
        if (folder.has(TOKENIZER)) {
            return Optional.of(TokenizerJson.read(name(TOKENIZER), folder.json(TOKENIZER)));
        }
        if (folder.has(VOCAB)) {
            return Optional.of(vocabulary(folder.json(VOCAB)).with(added()));
        }
        Optional<String> pieces = PIECES.stream().filter(folder::has).findFirst();
        if (pieces.isPresent()) {
            return Optional.of(SentencePieces.read(folder.file(pieces.get())).with(added()));
        }
        Optional<String> text = LISTS.stream().filter(folder::has).findFirst();
        if (text.isPresent()) {
            return Optional.of(TokenLines.read(folder.file(text.get())));
        }
        return folder.has(ALPHABET) ? Optional.of(alphabet(folder.json(ALPHABET))) : Optional.empty();
    }

    private String name(String file) {
        return folder.file(file).toString();
    }

    /** Reads {@code {"token": number}}, or one such object for each language. */
    private TokenList vocabulary(JsonNode root) {
        boolean nested = !root.keys().isEmpty()
                && root.keys().stream().allMatch(k -> root.get(k).isObject());
        return nested
                ? ofLanguage(root)
                : new TokenList(name(VOCAB), numbered(root), Optional.empty(), Optional.empty());
    }

    private TokenList ofLanguage(JsonNode root) {
        String wanted = language.or(() -> text("target_lang")).orElse(DEFAULT_LANGUAGE);
        JsonNode tokens = root.find(wanted)
                .orElseThrow(() -> new ModelFormatException(
                        name(VOCAB) + " without the language '" + wanted + "'",
                        "one of " + root.keys(),
                        "name the file adapter.<language>.safetensors of the folder as the model"));
        return new TokenList(name(VOCAB) + ", " + wanted, numbered(tokens), Optional.empty(), Optional.empty());
    }

    private static Map<Integer, String> numbered(JsonNode tokens) {
        Map<Integer, String> byId = new LinkedHashMap<>();
        for (String token : tokens.keys()) {
            int id = (int) tokens.get(token).integer(0, Integer.MAX_VALUE);
            String before = byId.put(id, token);
            if (before != null) {
                throw new ModelFormatException(
                        "the number " + id + " for '" + before + "' and for '" + token + "' in " + tokens.path(),
                        "a number of its own for each token",
                        "download the folder again");
            }
        }
        return byId;
    }

    private Map<Integer, String> added() {
        Map<Integer, String> all = new LinkedHashMap<>();
        folder.find(ADDED).filter(JsonNode::isObject).ifPresent(node -> all.putAll(numbered(node)));
        config.flatMap(c -> c.find("added_tokens_decoder"))
                .filter(JsonNode::isObject)
                .ifPresent(node -> node.keys()
                        .forEach(id ->
                                all.put(number(id), node.get(id).get("content").string())));
        return all;
    }

    private static int number(String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException e) {
            throw new ModelFormatException("a token with the number '" + id + "'", "a number", "download it again", e);
        }
    }

    /**
     * Returns the tokens of pyctcdecode's file, in which the blank is the empty text and the delimiter is a space.
     */
    private TokenList alphabet(JsonNode root) {
        List<String> labels = new ArrayList<>();
        root.get("labels").items().forEach(l -> labels.add(l.string()));
        int blank = labels.indexOf("");
        if (blank >= 0) {
            labels.set(blank, "<pad>");
        }
        Optional<String> space = labels.contains(" ") ? Optional.of(" ") : Optional.empty();
        return TokenList.inOrder(name(ALPHABET), labels).named(space, Optional.of("<pad>"));
    }

    /** Returns the list with the names that the tokenizer's settings give to delimiter and padding. */
    private TokenList named(TokenList list) {
        Optional<String> delimiter = list.delimiter()
                .or(() -> text("word_delimiter_token"))
                .or(() -> Optional.of(DEFAULT_DELIMITER))
                .filter(d -> list.idOf(d).isPresent());
        return list.named(delimiter, list.pad().or(() -> text("pad_token")));
    }

    /** Returns a text of the tokenizer's settings, which may be the content of an object. */
    private Optional<String> text(String key) {
        return config.flatMap(c -> c.find(key))
                .or(() -> folder.find(SPECIAL).filter(JsonNode::isObject).flatMap(c -> c.find(key)))
                .filter(n -> !n.isNull())
                .map(n -> n.isObject() ? n.get("content").string() : n.string());
    }
}
