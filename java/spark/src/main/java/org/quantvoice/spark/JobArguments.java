package org.quantvoice.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.lm.LmUnit;

/**
 * The options of {@link TranscribeJob}, which are those of {@code qv batch}: {@code INPUT... -o OUT [--format F]
 * [--glob G] [--resume] [--retry-failed] [--strict] [--model M] [--vocabulary F] [--lm F] [--lm-unit U] [--alpha A]
 * [--beta B] [--lexicon F] [--hotword W]... [--hotword-weight X] [--beam N] [--greedy] [--channels C] [--part S]
 * [--same-paths]}.
 */
record JobArguments(BatchOptions options, boolean strict) {

    /**
     * Parses the options.
     *
     * @throws QuantVoiceException if they are wrong
     */
    static JobArguments parse(String... args) {
        return new Parser(args).parse();
    }

    private static final class Parser {
        private final Deque<String> words;
        private final SpeechOptions.Builder speech = SpeechOptions.builder();
        private final List<String> inputs = new ArrayList<>();
        private final List<String> hotwords = new ArrayList<>();
        private double hotwordWeight = Hotwords.DEFAULT_WEIGHT;
        private @Nullable String output;
        private String glob = "*";
        private BatchFormat format = BatchFormat.PARQUET;
        private boolean resume;
        private boolean retryFailed;
        private boolean strict;

        private Parser(String... args) {
            words = new ArrayDeque<>(List.of(args));
        }

        private JobArguments parse() {
            while (!words.isEmpty()) {
                String word = words.removeFirst();
                if (word.startsWith("-")) {
                    option(word);
                } else {
                    inputs.add(word);
                }
            }
            if (output == null) {
                throw new OutputException("no output", "-o FOLDER", "name the folder for the results");
            }
            speech.hotwords(hotwords, hotwordWeight);
            return new JobArguments(
                    new BatchOptions(speech.build(), inputs, glob, output, format, resume, retryFailed), strict);
        }

        private void option(String name) {
            switch (name) {
                case "--resume" -> resume = true;
                case "--retry-failed" -> retryFailed = true;
                case "--strict" -> strict = true;
                case "--greedy" -> speech.greedy(true);
                case "--same-paths" -> speech.distribute(false);
                default -> option(name, value(name));
            }
        }

        private String value(String name) {
            if (words.isEmpty()) {
                throw new OutputException(name + " at the end", "a known option and its value", "see docs/batch.md");
            }
            return words.removeFirst();
        }

        private void option(String name, String value) {
            switch (name) {
                case "-o", "--output" -> output = value;
                case "--format" -> format = BatchFormat.of(value);
                case "--glob" -> glob = value;
                case "--model" -> speech.model(value);
                case "--vocabulary" -> speech.vocabulary(value);
                case "--lm" -> speech.languageModel(value);
                case "--lm-unit" -> speech.lmUnit(unit(value));
                case "--alpha" -> speech.alpha(number(name, value));
                case "--beta" -> speech.beta(number(name, value));
                case "--lexicon" -> speech.lexicon(value);
                case "--hotword" -> hotwords.add(value);
                case "--hotword-weight" -> hotwordWeight = number(name, value);
                case "--beam" -> speech.beamWidth((int) number(name, value));
                case "--channels" -> speech.channels(value);
                case "--part" -> speech.partSeconds(number(name, value));
                default -> throw new OutputException("option " + name, "a known one", "see docs/batch.md");
            }
        }

        private static LmUnit unit(String value) {
            try {
                return LmUnit.valueOf(value);
            } catch (IllegalArgumentException e) {
                throw new OutputException(
                        "--lm-unit " + value, java.util.Arrays.toString(LmUnit.values()), "choose one of them", e);
            }
        }

        private static double number(String name, String value) {
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                throw new OutputException(name + " " + value, "a number", "correct it", e);
            }
        }
    }
}
