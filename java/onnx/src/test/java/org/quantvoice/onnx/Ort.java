package org.quantvoice.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.TensorData;

/** An ONNX file in ONNX Runtime. */
final class Ort implements AutoCloseable {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    private final OrtSession session;

    Ort(Path file) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = ENVIRONMENT.createSession(file.toString(), options);
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    List<String> inputs() {
        return List.copyOf(session.getInputNames());
    }

    List<String> outputs() {
        return List.copyOf(session.getOutputNames());
    }

    /** Outputs by name. */
    Map<String, TensorData> run(Map<String, ? extends TensorData> inputs) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        for (var input : inputs.entrySet()) {
            tensors.put(input.getKey(), tensor(input.getValue()));
        }
        try (OrtSession.Result result = session.run(tensors)) {
            Map<String, TensorData> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                outputs.put(output.getKey(), data((OnnxTensor) output.getValue()));
            }
            return outputs;
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    float[] floats(String output, Map<String, ? extends TensorData> inputs) throws OrtException {
        return run(inputs).get(output).floats();
    }

    private static OnnxTensor tensor(TensorData data) throws OrtException {
        return switch (data.type()) {
            case FLOAT -> OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(data.floats()), data.shape());
            case INT -> OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(data.longs()), data.shape());
            case BOOL -> {
                boolean[] values = data.booleans();
                ByteBuffer bytes = ByteBuffer.allocateDirect(values.length).order(ByteOrder.nativeOrder());
                for (int i = 0; i < values.length; i++) {
                    bytes.put(i, (byte) (values[i] ? 1 : 0));
                }
                yield OnnxTensor.createTensor(ENVIRONMENT, bytes, data.shape(), OnnxJavaType.BOOL);
            }
        };
    }

    private static TensorData data(OnnxTensor tensor) {
        long[] shape = tensor.getInfo().getShape();
        return switch (tensor.getInfo().type) {
            case FLOAT -> {
                FloatBuffer buffer = tensor.getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                yield ArrayTensor.of(values, shape);
            }
            case INT64 -> {
                LongBuffer buffer = tensor.getLongBuffer();
                long[] values = new long[buffer.remaining()];
                buffer.get(values);
                yield ArrayTensor.of(values, shape);
            }
            case BOOL -> {
                ByteBuffer buffer = tensor.getByteBuffer();
                boolean[] values = new boolean[buffer.remaining()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = buffer.get(i) != 0;
                }
                yield ArrayTensor.of(values, shape);
            }
            default -> throw new IllegalStateException("output of " + tensor.getInfo());
        };
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
