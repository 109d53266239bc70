package org.quantvoice.torch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quantvoice.audio.Audio;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.internal.live.TranscriptStreams;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.npy.NpyFiles;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** The model u2-digits, its test audio and its reference arrays. */
final class U2Fixture {
    static final int SAMPLE_RATE = 16_000;
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    static final Path FOLDER = ROOT.resolve("models/u2-digits");
    static final Vocabulary VOCABULARY = new Vocabulary(
            List.of(
                    "<blank>",
                    "|",
                    "e",
                    "f",
                    "g",
                    "h",
                    "i",
                    "n",
                    "o",
                    "r",
                    "s",
                    "t",
                    "u",
                    "v",
                    "w",
                    "x",
                    "z",
                    "<sos/eos>"),
            0,
            java.util.OptionalInt.of(1),
            false);

    private U2Fixture() {}

    static U2Model open() {
        return (U2Model) new TorchEngine()
                .open(new ModelRequest(
                        FOLDER.resolve("model/u2-digits-float.pt"),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    static AcousticModel openNative() {
        return new NativeEngine()
                .open(new ModelRequest(
                        FOLDER.resolve("model/u2-digits-float.pt"),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    static AudioCorpus test() {
        return AudioCorpus.tsv(ROOT.resolve("models/digits/test/test.tsv"));
    }

    static float[] samples(String id) {
        return test().items().stream()
                .filter(i -> i.id().equals(id))
                .map(i -> AudioFiles.read(i.file()))
                .map(Audio::samples)
                .findFirst()
                .orElseThrow();
    }

    static float[] reference(String name) {
        return NpyFiles.read(FOLDER.resolve("reference/" + name + ".npy")).data();
    }

    static TranscriptStream stream(StreamingModel model, StreamOptions options) {
        return TranscriptStreams.cached(model, VOCABULARY, SAMPLE_RATE, options);
    }

    /** A model that remembers all frames that it gave out. */
    record Recorder(StreamingModel model, List<float[]> logProbs) implements StreamingModel {
        static Recorder of(StreamingModel model) {
            return new Recorder(model, new ArrayList<>());
        }

        float[] all() {
            float[] joined = new float[logProbs.stream().mapToInt(a -> a.length).sum()];
            int at = 0;
            for (float[] part : logProbs) {
                System.arraycopy(part, 0, joined, at, part.length);
                at += part.length;
            }
            return joined;
        }

        @Override
        public StreamConstants constants() {
            return model.constants();
        }

        @Override
        public StreamingState open(int chunkFrames, int leftChunks) {
            StreamingState state = model.open(chunkFrames, leftChunks);
            return new StreamingState() {
                @Override
                public EncodedFrames encode(float[] features, int frames) {
                    EncodedFrames encoded = state.encode(features, frames);
                    LogProbs rows = encoded.logProbs();
                    logProbs.add(rows.data().clone());
                    return encoded;
                }

                @Override
                public void reset() {
                    state.reset();
                }

                @Override
                public void close() {
                    state.close();
                }
            };
        }

        @Override
        public DecoderScores decode(List<int[]> hypotheses, float[] encoder, int frames, double reverseWeight) {
            return model.decode(hypotheses, encoder, frames, reverseWeight);
        }
    }
}
