package org.quantvoice;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;

/**
 * A token list as WeNet writes it ({@code units.txt}): a token and its number a line. It says nothing of the audio: WeNet's
 * 16 kHz and frames of 40 ms are assumed. Words are divided by {@code |}, {@code <space>} or a bare word start if there is
 * such a token, else by tokens that begin with one.
 */
final class UnitsList {
    private static final int SAMPLE_RATE = 16_000;
    private static final int FRAME_HOP = 640;
    /** Samples of an encoder frame: 7 feature frames of 25 ms every 10 ms. */
    private static final int FRAME_WINDOW = 1360;

    private static final List<String> BLANKS = List.of("<blank>", "<blk>", "<pad>");
    private static final String WORD_START = "\u2581";
    private static final List<String> DELIMITERS = List.of("|", "<space>", WORD_START);
    private static final String CURE = "pass the units.txt that belongs to the model, or a tokens.json";

    private UnitsList() {}

    /** Whether the first line is a token and a number. */
    static boolean looksLike(byte[] text) {
        return new String(text, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .filter(line -> line.matches("[^{\\[\"\\s]\\S*[ \\t]+\\d+\\s*"))
                .isPresent();
    }

    static ModelCard parse(byte[] text) {
        List<String> lines = new String(text, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        List<String> tokens = new ArrayList<>(Collections.nCopies(lines.size(), ""));
        for (String line : lines) {
            put(tokens, line.strip());
        }
        int blank = first(tokens, BLANKS)
                .orElseThrow(() -> new ModelFormatException(
                        "a token list of " + tokens.size() + " lines without a blank", "one of " + BLANKS, CURE));
        OptionalInt delimiter = first(tokens, DELIMITERS);
        boolean wordPiece = tokens.stream().anyMatch(t -> t.startsWith(WORD_START) && t.length() > 1);
        return new ModelCard(
                new Vocabulary(tokens, blank, wordPiece ? OptionalInt.empty() : delimiter, wordPiece),
                SAMPLE_RATE,
                FRAME_HOP,
                FRAME_WINDOW,
                FRAME_WINDOW,
                Optional.of(StreamTraining.unknown()));
    }

    private static void put(List<String> tokens, String line) {
        int space = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
        int number = space < 1 ? -1 : number(line.substring(space + 1));
        if (number < 0 || number >= tokens.size() || !tokens.get(number).isEmpty()) {
            throw new ModelFormatException(
                    "the line '" + line + "' in a list of " + tokens.size() + " tokens",
                    "a token and a number of its own, from 0 on",
                    CURE);
        }
        tokens.set(number, line.substring(0, space).strip());
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1; // the caller tells the line
        }
    }

    private static OptionalInt first(List<String> tokens, List<String> wanted) {
        return wanted.stream().mapToInt(tokens::indexOf).filter(i -> i >= 0).findFirst();
    }
}
