package org.quantvoice;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;

/**
 * A token list as WeNet ({@code units.txt}) and icefall ({@code tokens.txt}) write it: with a token and its number on
 * each line. The list does not describe the audio: WeNet's 16 kHz and frames of 40 ms are assumed. Words are divided
 * by {@code |}, {@code <space>}, a space or a bare word start if there is such a token, else by tokens that begin
 * with one. Symbols of a decoding graph, {@code #0} and on, which follow the model's tokens, are left out. A byte
 * order mark is skipped.
 */
final class UnitsList {
    private static final int SAMPLE_RATE = 16_000;
    private static final int FRAME_HOP = 640;
    /** Number of samples on which an encoder frame depends: 7 feature frames of 25 ms every 10 ms. */
    private static final int FRAME_WINDOW = 1360;

    private static final List<String> BLANKS = List.of("<blank>", "<blk>", "<pad>", "<eps>", "[PAD]");
    private static final String WORD_START = "\u2581";
    private static final String SPACE = " ";
    private static final List<String> DELIMITERS = List.of("|", "<space>", SPACE, WORD_START);
    private static final Pattern LINE = Pattern.compile("(.*?)[ \\t]+(\\d{1,9})[ \\t]*");
    private static final Pattern GRAPH_SYMBOL = Pattern.compile("#\\d+");
    private static final String CURE = "pass the units.txt that belongs to the model, or a tokens.json";

    private UnitsList() {}

    /** Returns whether the first line is a token and a number. */
    static boolean looksLike(byte[] text) {
        return lines(text)
                .findFirst()
                .filter(line -> line.matches("([^{\\[\"\\s]|\\[\\p{L})\\S*[ \\t]+\\d+\\s*"))
                .isPresent();
    }

    private static Stream<String> lines(byte[] text) {
        String all = new String(text, StandardCharsets.UTF_8);
        return (all.startsWith("\uFEFF") ? all.substring(1) : all).lines().filter(line -> !line.isBlank());
    }

    static ModelCard parse(byte[] text) {
        List<String> lines = lines(text).toList();
        List<String> tokens = new ArrayList<>(Collections.nCopies(lines.size(), ""));
        for (String line : lines) {
            put(tokens, line);
        }
        while (!tokens.isEmpty()
                && GRAPH_SYMBOL.matcher(tokens.get(tokens.size() - 1)).matches()) {
            tokens.remove(tokens.size() - 1);
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
                CardLengths.UNKNOWN,
                Optional.of(StreamTraining.unknown()));
    }

    private static void put(List<String> tokens, String line) {
        Matcher parts = LINE.matcher(line);
        int number = parts.matches() ? Integer.parseInt(parts.group(2)) : -1;
        if (number < 0 || number >= tokens.size() || !tokens.get(number).isEmpty()) {
            throw new ModelFormatException(
                    "the line '" + line.strip() + "' in a list of " + tokens.size() + " tokens",
                    "a token and a number of its own, from 0 on",
                    CURE);
        }
        // sherpa-onnx writes the token that is a space without quotes.
        String token = parts.group(1).strip();
        tokens.set(number, token.isEmpty() ? SPACE : token);
    }

    private static OptionalInt first(List<String> tokens, List<String> wanted) {
        return wanted.stream().mapToInt(tokens::indexOf).filter(i -> i >= 0).findFirst();
    }
}
