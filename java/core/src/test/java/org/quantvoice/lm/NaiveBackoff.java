package org.quantvoice.lm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ARPA definition word for word: maps of strings and a recursion. Only for sound files with tabs. */
final class NaiveBackoff {
    private final Map<List<String>, double[]> ngrams = new HashMap<>();
    private int order;

    static NaiveBackoff read(Path arpa) throws IOException {
        NaiveBackoff model = new NaiveBackoff();
        for (String line : Files.readAllLines(arpa)) {
            String[] cells = line.split("\t");
            if (cells.length > 1) {
                List<String> words = List.of(cells[1].split(" "));
                double backoff = cells.length > 2 ? Double.parseDouble(cells[2]) : 0;
                model.ngrams.put(words, new double[] {Double.parseDouble(cells[0]), backoff});
                model.order = Math.max(model.order, words.size());
            }
        }
        return model;
    }

    boolean knows(String word) {
        return ngrams.containsKey(List.of(word));
    }

    /** @param text context and, last, the word; unknown words as {@code <unk>} */
    double score(List<String> text) {
        List<String> ngram = text.subList(Math.max(0, text.size() - order), text.size());
        double[] weights = ngrams.get(ngram);
        if (weights != null) {
            return weights[0];
        }
        if (ngram.size() == 1) {
            return -100;
        }
        double[] context = ngrams.get(ngram.subList(0, ngram.size() - 1));
        return (context == null ? 0 : context[1]) + score(ngram.subList(1, ngram.size()));
    }

    List<String> words() {
        return ngrams.keySet().stream()
                .filter(n -> n.size() == 1)
                .map(n -> n.get(0))
                .sorted()
                .toList();
    }

    @Override
    public String toString() {
        return Arrays.toString(new int[] {order, ngrams.size()});
    }
}
