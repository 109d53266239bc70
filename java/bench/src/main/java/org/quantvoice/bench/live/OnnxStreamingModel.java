package org.quantvoice.bench.live;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.internal.live.DecoderScores;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;

/**
 * Runs the three ONNX files of a U2 model on ONNX Runtime with one thread per run. Caches stay in ONNX Runtime's memory
 * between chunks. Safe for several threads, each with states of its own.
 */
final class OnnxStreamingModel implements StreamingModel, AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession encoder;
    private final OrtSession ctc;
    private final OrtSession decoder;
    private final StreamConstants constants;

    /** @param folder with encoder.onnx, ctc.onnx and decoder.onnx, whose inputs have WeNet's names */
    OnnxStreamingModel(Path folder, StreamConstants constants) throws OrtException {
        this.constants = constants;
        encoder = open(folder.resolve("encoder.onnx"));
        ctc = open(folder.resolve("ctc.onnx"));
        decoder = open(folder.resolve("decoder.onnx"));
    }

    private OrtSession open(Path file) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        return environment.createSession(file.toString(), options);
    }

    @Override
    public StreamConstants constants() {
        return constants;
    }

    @Override
    public StreamingState open(int chunkFrames, int leftChunks) {
        return new State(leftChunks < 0 ? -1 : (long) chunkFrames * leftChunks);
    }

    private OnnxTensor floats(float[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    /**
     * Returns a number in the shape that the encoder's input of that name has, which some exporters make a list of one.
     */
    private OnnxTensor number(String name, long value) throws OrtException {
        long[] shape = ((TensorInfo)
                        requireNonNull(encoder.getInputInfo().get(name), name).getInfo())
                .getShape();
        return OnnxTensor.createTensor(
                environment, LongBuffer.wrap(new long[] {value}), shape.length == 0 ? new long[0] : new long[] {1});
    }

    private static float[] read(OrtSession.Result result, int index) {
        FloatBuffer buffer = ((OnnxTensor) result.get(index)).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    @Override
    public DecoderScores decode(List<int[]> hypotheses, float[] encoded, int frames, double reverseWeight) {
        int longest = hypotheses.stream().mapToInt(h -> h.length).max().orElse(0) + 1;
        long[] tokens = new long[hypotheses.size() * longest];
        long[] lengths = new long[hypotheses.size()];
        for (int i = 0; i < lengths.length; i++) {
            tokens[i * longest] = constants.sos();
            int[] hypothesis = hypotheses.get(i);
            for (int j = 0; j < hypothesis.length; j++) {
                tokens[i * longest + 1 + j] = hypothesis[j];
            }
            lengths[i] = hypothesis.length + 1L;
        }
        try (OnnxTensor hyps = OnnxTensor.createTensor(
                        environment, LongBuffer.wrap(tokens), new long[] {lengths.length, longest});
                OnnxTensor lens =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(lengths), new long[] {lengths.length});
                OnnxTensor memory = floats(encoded, 1, frames, encoded.length / frames);
                OrtSession.Result out = decoder.run(Map.of("hyps", hyps, "hyps_lens", lens, "encoder_out", memory))) {
            float[] scores = read(out, 0);
            return new DecoderScores(scores, null, longest, scores.length / (lengths.length * longest));
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws OrtException {
        encoder.close();
        ctc.close();
        decoder.close();
    }

    /** The caches of one stream. */
    private final class State implements StreamingState {
        private final long cacheSize;
        private OrtSession.@Nullable Result last;
        private long offset;

        State(long cacheSize) {
            this.cacheSize = cacheSize;
        }

        @Override
        public EncodedFrames encode(float[] features, int frames) {
            try {
                return run(features, frames);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        private EncodedFrames run(float[] features, int frames) throws OrtException {
            OnnxTensor keys = last == null ? floats(new float[0], 6, 4, 0, 64) : (OnnxTensor) last.get(1);
            OnnxTensor tails = last == null ? floats(new float[6 * 128 * 14], 6, 1, 128, 14) : (OnnxTensor) last.get(2);
            try (OnnxTensor chunk = floats(features, 1, frames, constants.melBins());
                    OnnxTensor at = number("offset", offset);
                    OnnxTensor size = number("required_cache_size", cacheSize)) {
                OrtSession.Result out = encoder.run(Map.of(
                        "chunk", chunk,
                        "offset", at,
                        "required_cache_size", size,
                        "att_cache", keys,
                        "cnn_cache", tails));
                release();
                last = out;
                float[] encoded = read(out, 0);
                int count = (int) ((OnnxTensor) out.get(0)).getInfo().getShape()[1];
                offset += count;
                return new EncodedFrames(encoded, encoded.length / count, logProbs(encoded, count));
            }
        }

        private LogProbs logProbs(float[] encoded, int count) throws OrtException {
            try (OnnxTensor hidden = floats(encoded, 1, count, encoded.length / count);
                    OrtSession.Result out =
                            ctc.run(Map.of(ctc.getInputNames().iterator().next(), hidden))) {
                float[] rows = read(out, 0);
                return new LogProbs(rows, count, rows.length / count);
            }
        }

        @Override
        public void reset() {
            release();
            offset = 0;
        }

        private void release() {
            if (last != null) {
                last.close();
                last = null;
            }
        }

        @Override
        public void close() {
            reset();
        }
    }
}
