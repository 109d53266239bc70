package org.quantvoice.internal.huggingface.tokens;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quantvoice.error.ModelFormatException;

/**
 * Reads the pieces of a SentencePiece model (sentencepiece_model.proto, ModelProto: field 1 is a piece, whose field 1
 * is the text), in order.
 */
public final class SentencePieces {
    private static final int MAX_BYTES = 64 << 20;
    private static final int TEXT = 1;
    private static final int PIECE = 1;

    private SentencePieces() {}

    static TokenList read(Path file) {
        return read(file.toString(), bytes(file));
    }

    /**
     * Returns the pieces of a model in memory.
     *
     * @param file name of the file in messages
     * @throws ModelFormatException if the bytes are no SentencePiece model
     */
    public static TokenList read(String file, byte[] bytes) {
        List<String> pieces = new ArrayList<>();
        try {
            for (ProtobufField field : ProtobufField.all(bytes, 0, bytes.length)) {
                if (field.number() == PIECE && field.isBytes()) {
                    pieces.add(text(bytes, field));
                }
            }
        } catch (ProtobufField.BrokenException e) {
            throw new ModelFormatException(
                    file + ": " + e.getMessage(), "a SentencePiece model", "download the file again", e);
        }
        if (pieces.isEmpty()) {
            throw new ModelFormatException(
                    file + " without a piece", "a SentencePiece model", "download the file again");
        }
        return TokenList.inOrder(file, pieces);
    }

    private static String text(byte[] bytes, ProtobufField piece) throws ProtobufField.BrokenException {
        for (ProtobufField field : ProtobufField.all(bytes, piece.from(), piece.to())) {
            if (field.number() == TEXT && field.isBytes()) {
                return new String(bytes, field.from(), field.to() - field.from(), StandardCharsets.UTF_8);
            }
        }
        throw new ProtobufField.BrokenException("a piece without text at byte " + piece.from());
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFormatException(
                        file + " of " + Files.size(file) + " bytes",
                        "at most " + MAX_BYTES,
                        "pass a tokenizer's model");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check its permissions", e);
        }
    }
}
