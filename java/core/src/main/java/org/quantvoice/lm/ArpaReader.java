package org.quantvoice.lm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ARPA text in one pass. It refuses, with the number of the line, counts that do not fit, words in place of
 * numbers, positive log probabilities, words and contexts that no lower order has, n-grams that occur twice, and a
 * missing {@code \end\}. A missing back-off means 1 (log10 0), as the format says.
 */
final class ArpaReader {
    private static final Logger LOG = LoggerFactory.getLogger(ArpaReader.class);
    static final int MAX_ORDER = 6;
    /** Log10 probability that KenLM and SRILM give the unknown word if the file does not. */
    private static final float MISSING_UNKNOWN = -100;
    /**
     * Line of a count. The pattern takes time linear in the line, which may be long, because it is anchored and no
     * part can take the characters of the next one.
     */
    private static final Pattern COUNT = Pattern.compile("ngram\\s+([0-9]{1,2})\\s*=\\s*([0-9]{1,18})");

    private final String name;
    private final ArpaLines lines;
    private final long fileBytes;
    private final ArpaBuilder builder = new ArpaBuilder();
    private final int[] words = new int[MAX_ORDER];

    private ArpaReader(String name, InputStream in, long fileBytes) {
        this.name = name;
        this.fileBytes = fileBytes;
        lines = new ArpaLines(name, in);
    }

    /**
     * @param name of the file, for messages
     * @param in the text; not closed
     * @param fileBytes size of the file, which bounds the memory that is reserved before n-grams are read
     */
    static LanguageModel read(String name, InputStream in, long fileBytes) throws IOException {
        return new ArpaReader(name, in, fileBytes).read();
    }

    private LanguageModel read() throws IOException {
        long[] counts = readCounts();
        int order = counts.length;
        for (int n = 1; n <= order; n++) {
            expectLine("\\" + n + "-grams:");
            builder.beginOrder(n, order, Math.min(counts[n - 1], fileBytes / (2 * n + 2)));
            for (long i = 0; i < counts[n - 1]; i++) {
                readNgram(n, n == order, i, counts[n - 1]);
            }
            if (n == 1) {
                finishUnigrams();
            }
        }
        expectLine("\\end\\");
        lines.drain();
        return builder.build(name);
    }

    /** Reads the counts, up to the blank line behind them. */
    private long[] readCounts() throws IOException {
        skipToData();
        long[] counts = new long[MAX_ORDER];
        int order = 0;
        while (lines.advance()) {
            String line = lines.text();
            if (line.isEmpty()) {
                break;
            }
            if (order == MAX_ORDER) {
                throw lines.error(lines.shown(), "orders 1 to " + MAX_ORDER, "prune the model to order " + MAX_ORDER);
            }
            counts[order] = parseCount(line, order + 1);
            order++;
        }
        if (order == 0) {
            throw lines.error("no n-gram counts", "lines such as \"ngram 1=5000\" behind \\data\\");
        }
        return Arrays.copyOf(counts, order);
    }

    private void skipToData() throws IOException {
        while (lines.advance()) {
            String line = lines.text();
            if (line.equals("\\data\\") || line.equals("\uFEFF\\data\\")) {
                return;
            }
            if (!line.isEmpty() && !line.startsWith("#")) {
                throw lines.error(
                        lines.shown(), "\\data\\, blank lines or comments (#)", "pass an ARPA or a KenLM binary file");
            }
        }
        throw lines.error("the end of the file", "\\data\\", "pass an ARPA or a KenLM binary file");
    }

    private long parseCount(String line, int order) {
        Matcher count = COUNT.matcher(line);
        if (!count.matches() || Integer.parseInt(count.group(1)) != order) {
            throw lines.error(lines.shown(), "\"ngram " + order + "=<count>\"");
        }
        return Long.parseLong(count.group(2));
    }

    private void expectLine(String expected) throws IOException {
        while (lines.advance()) {
            if (lines.split() > 0) {
                if (!lines.text().equals(expected)) {
                    throw lines.error(
                            lines.shown(), expected, "make the counts under \\data\\ match the n-grams that follow");
                }
                return;
            }
        }
        throw lines.error("the end of the file", expected, "the file is cut short: copy or export it again");
    }

    private void readNgram(int order, boolean longest, long read, long announced) throws IOException {
        int tokens = lines.advance() ? lines.split() : -1;
        if (tokens < order + 1 || tokens > order + 2) {
            throw wrongTokens(tokens, order, read, announced);
        }
        float logProb = number(0);
        if (!(logProb <= 0)) {
            throw lines.error(
                    "the probability " + lines.token(0), "a log10 probability of at most 0", "export the model again");
        }
        float backoff = tokens == order + 1 ? 0 : number(order + 1);
        if (!Float.isFinite(backoff) || longest && backoff != 0) {
            throw lines.error(
                    "the back-off " + lines.token(order + 1),
                    longest ? "none in the highest order" : "a finite log10 weight");
        }
        float weight = backoff == 0 ? Weights.NO_EXTENSION : backoff;
        if (order == 1) {
            addWord(logProb, weight);
        } else {
            addNgram(order, logProb, weight);
        }
    }

    private ModelFormatException wrongTokens(int tokens, int order, long read, long announced) {
        String section = order + "-gram " + (read + 1) + " of " + announced;
        if (tokens < 0) {
            return lines.error("the end of the file", section, "the file is cut short: copy or export it again");
        }
        return lines.error(
                lines.shown(),
                section + ": a log10 probability, " + order + " words and a back-off or none",
                "correct the line, or the counts under \\data\\");
    }

    private float number(int token) {
        float value = DecimalParser.parse(lines.bytes(), lines.tokenFrom(token), lines.tokenTo(token));
        if (Float.isNaN(value)) {
            throw lines.error("\"" + lines.token(token) + "\"", "a number");
        }
        return value;
    }

    private void addWord(float logProb, float backoff) {
        if (!builder.addWord(lines.bytes(), lines.tokenFrom(1), lines.tokenTo(1), logProb, backoff)) {
            throw lines.error("the word \"" + lines.token(1) + "\" once more", "each word once");
        }
    }

    private void addNgram(int order, float logProb, float backoff) {
        for (int i = 0; i < order; i++) {
            // The newest word comes first, because a query walks back from the word that it scores.
            words[order - 1 - i] = wordId(i + 1);
        }
        switch (builder.addNgram(order, words, logProb, backoff)) {
            case TWICE -> throw lines.error("the n-gram " + lines.shown() + " once more", "each n-gram once");
            case NO_CONTEXT ->
                throw lines.error(
                        "the n-gram " + lines.shown() + ", whose first " + (order - 1) + " words are no n-gram",
                        "the context of each n-gram among the n-grams",
                        "prune with a tool that keeps contexts");
            case ADDED -> {}
        }
    }

    private int wordId(int token) {
        int id = builder.wordId(lines.bytes(), lines.tokenFrom(token), lines.tokenTo(token));
        if (id < 0) {
            throw lines.error("the word \"" + lines.token(token) + "\"", "a word of the 1-grams");
        }
        return id;
    }

    private void finishUnigrams() {
        if (!builder.hasUnknown()) {
            LOG.warn("{} has no <unk>: unknown words get log10 probability {}", name, MISSING_UNKNOWN);
            builder.setUnknown(MISSING_UNKNOWN, Weights.NO_EXTENSION);
        }
        for (String marker : new String[] {"<s>", "</s>"}) {
            if (!builder.hasWord(marker)) {
                throw lines.error(
                        "the end of the 1-grams without " + marker,
                        "the sentence markers <s> and </s>",
                        "train the model with sentence boundaries");
            }
        }
    }
}
