package org.quantvoice.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;
import org.quantvoice.torch.train.Utterance;

/** The digits model, its recordings and its reference results. */
public final class Digits {
    public static final Path ROOT = Path.of(System.getProperty("quantvoice.root"), "models", "digits");
    public static final Path MODEL = ROOT.resolve("model/digits-float.pt");
    public static final String W2V = "encoder.wav2vec2.model.";
    /** What the tutorial makes static and dynamic. */
    public static final List<String> STATIC = List.of(W2V + "feature_extractor", W2V + "feature_projection");

    public static final List<String> DYNAMIC = List.of(W2V + "encoder.layers", "encoder.enc");

    private static final List<Utterance> TEST = read("test");
    private static final List<Audio> CALIBRATION = everyTenth(read("calib"));
    private static final List<String> TOKENS = tokens();

    private Digits() {}

    public record Utterance(String id, String text, Audio audio) {}

    /** Word and character error rate in percent. */
    public record Rates(double wer, double cer, Map<String, String> hypotheses) {}

    public static List<Utterance> test() {
        return TEST;
    }

    /** The ten recordings that the reference was calibrated on. */
    public static List<Audio> calibration() {
        return CALIBRATION;
    }

    private static List<Audio> everyTenth(List<Utterance> all) {
        return IntStream.range(0, 10).mapToObj(i -> all.get(10 * i).audio()).toList();
    }

    /** The model quantized, or as it is without recipe; one thread, as other tests may run on the same cores. */
    public static AcousticModel open(Optional<QuantRecipe> recipe, Optional<Backend> backend) {
        return new TorchEngine()
                .open(new ModelRequest(
                        MODEL, recipe, recipe.isPresent() ? CALIBRATION : List.of(), backend, 1, Progress.none()));
    }

    public static AcousticModel openFloat() {
        return open(Optional.empty(), Optional.empty());
    }

    public static AcousticModel open(Backend backend, List<String> statics, List<String> dynamics, boolean guard) {
        return open(
                Optional.of(new QuantRecipe(statics, dynamics, ActivationObserver.HISTOGRAM, guard)),
                Optional.of(backend));
    }

    public static Utterance utterance(String id) {
        return TEST.stream().filter(u -> u.id().equals(id)).findFirst().orElseThrow();
    }

    public static Rates rates(AcousticModel model) {
        int[] words = new int[2];
        int[] characters = new int[2];
        Map<String, String> hypotheses = new TreeMap<>();
        for (Utterance u : TEST) {
            String hypothesis = greedy(model.run(u.audio().samples()));
            hypotheses.put(u.id(), hypothesis);
            count(words, List.of(u.text().split(" ")), List.of(hypothesis.split(" ")));
            count(characters, characters(u.text()), characters(hypothesis));
        }
        return new Rates(100.0 * words[0] / words[1], 100.0 * characters[0] / characters[1], hypotheses);
    }

    public static String greedy(LogProbs logProbs) {
        StringBuilder text = new StringBuilder();
        int last = 0;
        for (int f = 0; f < logProbs.frames(); f++) {
            int token = logProbs.argmax(f);
            if (token != last && token != 0) {
                text.append(TOKENS.get(token));
            }
            last = token;
        }
        return text.toString().replace('|', ' ').strip().replaceAll(" +", " ");
    }

    /** The hypotheses of the float model in PyTorch, by utterance. */
    public static Map<String, String> referenceHypotheses() {
        String json = text(ROOT.resolve("reference.json"));
        String block = json.substring(json.indexOf("\"float_hypotheses\""), json.indexOf("\"reference_log_probs\""));
        Matcher m = Pattern.compile("\"(test-[^\"]+)\": \"([^\"]*)\"").matcher(block);
        Map<String, String> hypotheses = new TreeMap<>();
        while (m.find()) {
            hypotheses.put(m.group(1), m.group(2));
        }
        return hypotheses;
    }

    public static float[] npy(Path file) {
        ByteBuffer b = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        b.position(10 + b.getShort(8));
        float[] data = new float[b.remaining() / 4];
        b.asFloatBuffer().get(data);
        return data;
    }

    private static List<Utterance> read(String set) {
        List<Utterance> all = new ArrayList<>();
        List<String> lines =
                text(ROOT.resolve(set + "/" + set + ".tsv")).lines().skip(1).toList();
        for (String line : lines) {
            String[] column = line.split("\t");
            all.add(new Utterance(
                    column[0], column[3], AudioFiles.read(ROOT.resolve(set).resolve(column[2]))));
        }
        return all;
    }

    private static List<String> tokens() {
        String json = text(ROOT.resolve("reference.json"));
        String block = json.substring(json.indexOf("\"tokens\""), json.indexOf("\"calibration\""));
        Matcher m = Pattern.compile("\"([^\"]+)\"").matcher(block.substring(block.indexOf('[')));
        List<String> tokens = new ArrayList<>();
        while (m.find()) {
            tokens.add(m.group(1));
        }
        return tokens;
    }

    private static List<String> characters(String text) {
        return text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    private static void count(int[] errorsAndTotal, List<String> reference, List<String> hypothesis) {
        int[] row = IntStream.rangeClosed(0, hypothesis.size()).toArray();
        for (int i = 1; i <= reference.size(); i++) {
            int diagonal = row[0]++;
            for (int j = 1; j <= hypothesis.size(); j++) {
                int substituted = diagonal + (reference.get(i - 1).equals(hypothesis.get(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        errorsAndTotal[0] += row[hypothesis.size()];
        errorsAndTotal[1] += reference.size();
    }

    private static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
