package org.quantvoice.internal.huggingface.tokens;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.json.JsonNode;

/**
 * Reads {@code tokenizer.json} of the tokenizers library, with models of the kinds Unigram, BPE, WordLevel and
 * WordPiece. Texts are converted to SentencePiece's spelling, in which {@code ▁} begins a word.
 */
final class TokenizerJson {
    private static final String WORD_START = "\u2581";
    private static final String CONTINUATION = "##";

    private TokenizerJson() {}

    static TokenList read(String source, JsonNode root) {
        JsonNode model = root.get("model");
        String type = model.find("type")
                .filter(JsonNode::isString)
                .map(JsonNode::string)
                .orElse("BPE");
        Map<Integer, String> byId = new LinkedHashMap<>();
        JsonNode vocabulary = model.get("vocab");
        switch (type) {
            case "Unigram" -> {
                List<JsonNode> pieces = vocabulary.items();
                for (int i = 0; i < pieces.size(); i++) {
                    byId.put(i, pieces.get(i).items().get(0).string());
                }
            }
            case "BPE", "WordLevel", "WordPiece" ->
                vocabulary.keys().forEach(t -> byId.put((int) vocabulary.get(t).integer(0, Integer.MAX_VALUE), t));
            default ->
                throw new UnsupportedOperatorException(
                        source + ": a model of the type " + type,
                        "Unigram, BPE, WordLevel or WordPiece",
                        "write the tokens to a tokens.json beside the model");
        }
        respell(byId, type, root);
        Map<Integer, String> added = new LinkedHashMap<>();
        root.find("added_tokens").filter(JsonNode::isArray).ifPresent(all -> all.items()
                .forEach(t -> added.put(
                        (int) t.get("id").integer(0, Integer.MAX_VALUE),
                        t.get("content").string())));
        return new TokenList(source, byId, Optional.empty(), Optional.empty()).with(added);
    }

    private static void respell(Map<Integer, String> byId, String type, JsonNode root) {
        if (type.equals("WordPiece")) {
            String prefix = root.get("model")
                    .find("continuing_subword_prefix")
                    .filter(JsonNode::isString)
                    .map(JsonNode::string)
                    .orElse(CONTINUATION);
            byId.replaceAll((id, t) -> t.startsWith(prefix) ? t.substring(prefix.length()) : WORD_START + t);
        } else if (type.equals("BPE") && decoders(root).contains("ByteLevel")) {
            byId.replaceAll((id, t) -> ofBytes(t));
        }
    }

    private static Set<String> decoders(JsonNode root) {
        Set<String> types = new java.util.LinkedHashSet<>();
        root.find("decoder").filter(JsonNode::isObject).ifPresent(d -> {
            types.add(d.get("type").string());
            d.find("decoders").filter(JsonNode::isArray).ifPresent(all -> all.items()
                    .forEach(one -> types.add(one.get("type").string())));
        });
        return types;
    }

    /**
     * Returns the text of a token of GPT-2's kind, in which each character stands for a byte: printable bytes are
     * written as themselves, the others in order as characters from U+0100 on. A token whose bytes are no text by
     * themselves stays unchanged.
     */
    private static String ofBytes(String token) {
        ByteBuffer bytes = ByteBuffer.allocate(token.length());
        for (int i = 0; i < token.length(); i++) {
            int code = byteOf(token.charAt(i));
            if (code < 0) {
                return token; // the token is a sign that is written literally
            }
            bytes.put((byte) code);
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return text.startsWith(" ") ? WORD_START + text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return token.length() == 1 ? String.format("<0x%02X>", byteOf(token.charAt(0))) : token;
        }
    }

    private static int byteOf(char c) {
        if (isPrintable(c)) {
            return c;
        }
        int rank = c - 0x100;
        for (int code = 0; code < 256 && rank >= 0; code++) {
            if (!isPrintable((char) code) && rank-- == 0) {
                return code;
            }
        }
        return -1;
    }

    private static boolean isPrintable(char c) {
        return (c >= '!' && c <= '~') || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF);
    }
}
