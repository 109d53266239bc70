package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.eval.ErrorRate;
import org.quantvoice.internal.features.Fbank;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.U2Script;
import org.slf4j.LoggerFactory;

/** The streaming model against the arrays and error rates of its Python reference. */
final class U2ReferenceTest {
    private static final double LIMIT = 1e-4;
    private static U2Model model;
    private static AcousticModel own;

    @BeforeAll
    static void open() {
        model = U2Fixture.open();
        own = U2Fixture.openNative();
    }

    @AfterAll
    static void close() {
        model.close();
        own.close();
    }

    @Test
    void constantsAreReadFromTheModel() {
        assertThat(model.constants()).isEqualTo(new StreamConstants(80, 4, 6, 17, 17, false));
        assertThat(model.info().vocabulary()).isEqualTo(18);
    }

    @ParameterizedTest
    @CsvSource({
        "test-nicolas-17, 16, -1, c16l-1",
        "test-nicolas-17, 8, 4, c8l4",
        "test-theo-04, 16, -1, c16l-1",
        "test-theo-04, 8, 4, c8l4"
    })
    void chunksOfReferenceFeaturesGiveReferenceFrames(String id, int chunk, int left, String setting) {
        float[] features = U2Fixture.reference(id + ".feats");
        float[] encoder = U2Fixture.reference(id + "." + setting + ".encoder_out");
        float[] logProbs = U2Fixture.reference(id + "." + setting + ".log_probs");
        int frames = features.length / 80;
        int offset = 0;
        try (StreamingState state = model.open(chunk, left)) {
            for (int at = 0; at + 7 <= frames; at += 4 * chunk) {
                int count = Math.min(4 * chunk + 3, frames - at);
                EncodedFrames out =
                        state.encode(java.util.Arrays.copyOfRange(features, at * 80, (at + count) * 80), count);
                assertClose(out.encoder(), encoder, offset * 128, id + " encoder");
                assertClose(out.logProbs().data(), logProbs, offset * 18, id + " log-probs");
                offset += out.frames();
            }
        }
        assertThat(offset * 18).isEqualTo(logProbs.length);
    }

    private static void assertClose(float[] got, float[] all, int from, String what) {
        for (int i = 0; i < got.length; i++) {
            assertThat((double) got[i]).as("%s, value %d", what, from + i).isCloseTo(all[from + i], within());
        }
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"test-nicolas-17, 16, -1, c16l-1", "test-theo-04, 8, 4, c8l4", "test-theo-04, -1, -1, full"})
    void samplesGiveReferenceLogProbs(String id, int chunk, int left, String setting) {
        U2Fixture.Recorder recorder = U2Fixture.Recorder.of(model);
        try (TranscriptStream stream = U2Fixture.stream(recorder, options(chunk, left, true))) {
            stream.accept(U2Fixture.samples(id));
            stream.finish();
        }
        float[] expected = U2Fixture.reference(id + "." + setting + ".log_probs");
        float[] got = recorder.all();
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) { // features of other arithmetic: 1e-3 in log units
            assertThat(Math.exp(got[i])).as("value %d", i).isCloseTo(Math.exp(expected[i]), within(2e-3));
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double limit) {
        return org.assertj.core.data.Offset.offset(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "LIBTORCH, -1, -1, 0.51, 0.00",
        "LIBTORCH, 16, -1, 0.68, 0.17",
        "LIBTORCH, 8, 4, 1.19, 0.51",
        "NATIVE, -1, -1, 0.51, 0.00",
        "NATIVE, 16, -1, 0.68, 0.17",
        "NATIVE, 8, 4, 1.19, 0.51"
    })
    void errorRatesAreThoseOfTheReference(Engine engine, int chunk, int left, double prefixBeam, double rescored) {
        StreamingModel tested = engine.equals(Engine.NATIVE) ? (StreamingModel) own : model;
        PrefixBeam firstPass = PrefixBeam.with(
                U2Fixture.VOCABULARY, StreamOptions.firstPass().nbest(1).build());
        ErrorRate first = ErrorRate.words();
        ErrorRate second = ErrorRate.words();
        for (AudioCorpus.Item item : U2Fixture.test().items()) {
            U2Fixture.Recorder recorder = U2Fixture.Recorder.of(tested);
            try (TranscriptStream stream = U2Fixture.stream(recorder, options(chunk, left, true))) {
                stream.accept(AudioFiles.read(item.file()).samples());
                second.add(item.text(), stream.finish().map(StreamEvent::text).orElse(""));
            }
            float[] all = recorder.all();
            first.add(
                    item.text(),
                    firstPass.decode(new LogProbs(all, all.length / 18, 18)).text());
        }
        assertThat(first.percent()).as("prefix beam").isCloseTo(prefixBeam, within(0.3));
        assertThat(second.percent()).as("rescored").isCloseTo(rescored, within(0.3));
        LoggerFactory.getLogger(U2ReferenceTest.class)
                .info("{} chunk {} left {}: {} {}", engine, chunk, left, first.percent(), second.percent());
    }

    /** The model's own whole utterance under the mask of chunks and history, of the same features. */
    @ParameterizedTest
    @CsvSource({"16, -1", "16, 4", "8, 4", "4, 1", "1, 0", "5, 3"})
    void streamsGiveWhatTheWholeUtteranceGives(int chunk, int left) {
        for (String id : List.of("test-nicolas-17", "test-theo-04", "test-jackson-00", "test-yweweler-10")) {
            float[] features = new Fbank(U2Fixture.SAMPLE_RATE, 80).accept(U2Fixture.samples(id));
            float[] whole = whole(features, chunk, left);
            for (StreamingModel each : List.of(model, (StreamingModel) own)) {
                int at = 0;
                try (StreamingState state = each.open(chunk, left)) {
                    int frames = features.length / 80;
                    for (int from = 0; from + 7 <= frames; from += 4 * chunk) {
                        int count = Math.min(4 * chunk + 3, frames - from);
                        EncodedFrames out = state.encode(
                                java.util.Arrays.copyOfRange(features, from * 80, (from + count) * 80), count);
                        assertClose(
                                out.encoder(),
                                whole,
                                at,
                                id + " " + each.getClass().getSimpleName());
                        at += out.encoder().length;
                    }
                }
                assertThat(at).isEqualTo(whole.length);
            }
        }
    }

    private static float[] whole(float[] features, int chunk, int left) {
        int frames = features.length / 80;
        return model.run((script, call) -> {
            IValue feats = new IValue(U2Script.floats(features, 1, frames, 80));
            IValue lens =
                    new IValue(torch.full(new long[] {1}, new Scalar(frames)).to(torch.ScalarType.Long));
            IValue out = script.call("encode", feats, lens, new IValue((long) chunk), new IValue((long) left));
            return ScriptModule.floats(
                    new Tensor(out.toTuple().elements().get(0).toTensor()));
        });
    }

    private static StreamOptions options(int chunk, int left, boolean rescoring) {
        return StreamOptions.builder()
                .chunkFrames(chunk)
                .leftChunks(left)
                .rescoring(rescoring)
                .endpoints(EndpointRules.none())
                .quietTail(false) // PyTorch hears the samples alone
                .build();
    }

    @Test
    void aWholeUtteranceAtOnceIsTheFullContext() {
        float[] expected = U2Fixture.reference("test-nicolas-17.full.log_probs");
        float[] got = model.run(U2Fixture.samples("test-nicolas-17")).data();
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(Math.exp(got[i])).as("value %d", i).isCloseTo(Math.exp(expected[i]), within(2e-3));
        }
    }

    @Test
    void theSecondPassScoresOfTheReference() {
        float[] encoder = U2Fixture.reference("test-nicolas-17.c16l-1.encoder_out");
        int[] tokens = {2, 6, 4, 5, 11, 1, 3, 6, 13, 2, 1, 10, 6, 15};
        var scores = model.decode(List.of(tokens), encoder, encoder.length / 128, 0);
        double sum = 0;
        for (int j = 0; j <= tokens.length; j++) {
            int next = j == tokens.length ? 17 : tokens[j];
            sum += scores.leftToRight()[j * scores.vocabulary() + next];
        }
        assertThat(sum).isCloseTo(-1.081462875008583, within(1e-4));
    }
}
