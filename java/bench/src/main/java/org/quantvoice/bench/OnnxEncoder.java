package org.quantvoice.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.Engine;
import org.quantvoice.export.ExportPrecision;

/**
 * Runs exported files in ONNX Runtime as its users would: the caches of one chunk are passed to the next one without a
 * copy.
 */
final class OnnxEncoder implements ChunkEncoder {
    private static final int BINS = 80;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession encoder;
    private final OrtSession head;
    private final OnnxTensor kept;
    private OrtSession.@Nullable Result last;
    private long offset;

    /** @param folder the folder to write the files to */
    OnnxEncoder(Path folder, Int8Layers int8, int chunk, int left) throws OrtException {
        List<Path> files;
        try (QuantSession session = int8.applyTo(QuantSession.builder()
                        .model(StreamingSpeed.MODEL)
                        .engine(Engine.NATIVE)
                        .threads(1))
                .build()) {
            files = session.export().onnxParts(folder, ExportPrecision.AS_IS);
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            encoder = environment.createSession(files.get(0).toString(), options);
            head = environment.createSession(files.get(1).toString(), options);
        }
        kept = integer((long) chunk * left);
    }

    private OnnxTensor integer(long value) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {value}), new long[0]);
    }

    private OnnxTensor floats(float[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    @Override
    public void reset() {
        if (last != null) {
            last.close();
        }
        last = null;
        offset = 0;
    }

    @Override
    public int encode(float[] features, int frames) throws OrtException {
        OrtSession.Result before = last;
        try (OnnxTensor chunk = floats(features, 1, frames, BINS);
                OnnxTensor at = integer(offset);
                OnnxTensor noAttention = floats(new float[0], 6, 4, 0, 64);
                OnnxTensor noConvolution = floats(new float[6 * 128 * 14], 6, 1, 128, 14)) {
            last = encoder.run(Map.of(
                    "chunk", chunk,
                    "offset", at,
                    "required_cache_size", kept,
                    "att_cache", before == null ? noAttention : (OnnxTensor) before.get(1),
                    "cnn_cache", before == null ? noConvolution : (OnnxTensor) before.get(2)));
        }
        if (before != null) {
            before.close();
        }
        OnnxTensor output = (OnnxTensor) last.get(0);
        try (OrtSession.Result rows = head.run(Map.of("hidden", output))) {
            FloatBuffer logProbs = ((OnnxTensor) rows.get(0)).getFloatBuffer();
            int given = (int) output.getInfo().getShape()[1];
            if (logProbs.remaining() % given != 0) {
                throw new IllegalStateException("got " + logProbs.remaining() + " log-probs of " + given + " frames");
            }
            offset += given;
            return given;
        }
    }

    @Override
    public void close() throws OrtException {
        reset();
        kept.close();
        encoder.close();
        head.close();
    }
}
