package org.quantvoice.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.Quantization;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.quant.QuantReport;

/**
 * Quantizes a recogniser step by step, as SpeechBrain's tutorial on model quantization does in Python: {@code
 * QuantizeTutorial MODEL.pt CALIBRATION.tsv TEST.tsv OUT.qv}.
 */
public final class QuantizeTutorial {
    private static final int CALIBRATION_RECORDINGS = 10;
    private static final int TEST_RECORDINGS = 20;

    private QuantizeTutorial() {}

    public static void main(String[] args) throws Exception {
        Path model = Path.of(args[0]);
        AudioCorpus calibration = AudioCorpus.tsv(Path.of(args[1])).limit(CALIBRATION_RECORDINGS);
        AudioCorpus test = AudioCorpus.tsv(Path.of(args[2])).limit(TEST_RECORDINGS);
        Path target = Path.of(args[3]);

        // 1. Which modules are there, and which method can take each? The names below are from this list.
        ModelFile.of(model).modules().stream()
                .filter(m ->
                        m.path().split("\\.").length <= 4 && !m.quantizable().isEmpty())
                .forEach(m -> System.out.printf("%-45s %-18s %s%n", m.path(), m.type(), m.quantizable()));

        // 2. The float model, for comparison.
        QuantSessionBuilder plain = QuantSession.builder().model(model);
        try (QuantSession session = plain.build()) {
            measure("float", session, test);
        }

        // 3. Convolutions have steady ranges, so they are static and need calibration; a transformer's vary, so its
        // linear layers are dynamic. The last layer stays float: rounding there costs words.
        Quantization recipe = Quantization.recipe()
                .staticInt8("encoder.wav2vec2.model.feature_extractor", "encoder.wav2vec2.model.feature_projection")
                .dynamicInt8("encoder.wav2vec2.model.encoder.layers", "encoder.enc")
                .calibrateOn(calibration)
                .build();
        try (QuantSession session =
                QuantSession.builder().model(model).quantize(recipe).build()) {
            QuantReport report = session.report().orElseThrow();
            report.keptFloat()
                    .forEach(layer -> System.out.println("kept float: " + layer.path() + ": " + layer.note()));
            measure("int8", session, test);

            // 4. The saved model runs without libtorch, here and on ARM.
            session.save(target);
        }
        System.out.printf("%d bytes became %d%n", Files.size(model), Files.size(target));
    }

    /** Prints the word error rate, and the seconds of work per second of speech after one recording to warm up. */
    private static void measure(String name, QuantSession session, AudioCorpus test) {
        session.transcribe(test.items().get(0).file());
        ErrorRate words = ErrorRate.words();
        double speech = 0;
        long start = System.nanoTime();
        for (AudioCorpus.Item item : test.items()) {
            Audio audio = AudioFiles.read(item.file());
            words.add(item.text(), session.transcribe(audio).text());
            speech += audio.seconds();
        }
        double work = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s: WER %.2f %%, RTF %.4f%n", name, words.percent(), work / speech);
    }
}
