package org.quantvoice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;

/**
 * The log-probs of 50 utterances with 500 frames and 32 tokens: one real output of wav2vec2, and 49 that were made with
 * its statistics from verses of the King James Bible.
 */
final class Bench50 {
    static final int FRAMES = 25_000;

    final List<LogProbs> utterances = new ArrayList<>();
    final List<String> references = new ArrayList<>();
    final Vocabulary vocabulary;

    Bench50() throws IOException {
        JsonNode about;
        try (InputStream in = open("bench50.json")) {
            about = new ObjectMapper().readTree(in);
        }
        List<String> labels = new ArrayList<>();
        about.path("labels").forEach(label -> labels.add(label.asText()));
        vocabulary = new Vocabulary(
                labels,
                about.path("blank").asInt(),
                OptionalInt.of(about.path("word_delimiter").asInt()),
                false);
        int frames = about.path("T").asInt();
        try (InputStream in = open("bench50.f32")) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (JsonNode utterance : about.path("utterances")) {
                float[] data = new float[frames * labels.size()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = bytes.getFloat();
                }
                utterances.add(new LogProbs(data, frames, labels.size()));
                references.add(utterance.path("ref").asText());
            }
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(Bench50.class.getResourceAsStream(name), name);
    }

    /** Returns the word error rate in percent. */
    double wordErrorRate(List<String> texts) {
        int errors = 0;
        int words = 0;
        for (int u = 0; u < texts.size(); u++) {
            String[] reference = references.get(u).split(" ");
            String[] text =
                    texts.get(u).isEmpty() ? new String[0] : texts.get(u).split(" ");
            errors += distance(reference, text);
            words += reference.length;
        }
        return 100.0 * errors / words;
    }

    private static int distance(String[] a, String[] b) {
        int[] row = new int[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                int replaced = diagonal + (a[i - 1].equals(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), replaced);
            }
        }
        return row[b.length];
    }
}
