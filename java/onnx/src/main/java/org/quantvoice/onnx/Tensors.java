package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.TensorData;

/** Makes tensors as ONNX stores them: row-major, little-endian. */
final class Tensors {
    private static final int CHUNK = 1 << 16;

    private Tensors() {}

    static int typeOf(DType type) {
        return switch (type) {
            case FLOAT -> TensorProto.DataType.FLOAT_VALUE;
            case INT -> TensorProto.DataType.INT64_VALUE;
            case BOOL -> TensorProto.DataType.BOOL_VALUE;
        };
    }

    /** Returns a tensor with the elements of the data; floats that are kept as int8 are written as floats. */
    static TensorProto of(TensorData data) {
        byte[] bytes = new byte
                [Math.toIntExact(Math.multiplyExact(data.size(), data.type().bytes()))];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (data.type()) {
            case FLOAT -> {
                float[] chunk = new float[(int) Math.min(CHUNK, data.size())];
                for (long at = 0; at < data.size(); at += chunk.length) {
                    int count = (int) Math.min(chunk.length, data.size() - at);
                    data.read(at, chunk, 0, count);
                    buffer.asFloatBuffer().put(chunk, 0, count);
                    buffer.position(buffer.position() + count * Float.BYTES);
                }
            }
            case INT -> buffer.asLongBuffer().put(data.longs());
            case BOOL -> {
                for (boolean element : data.booleans()) {
                    buffer.put((byte) (element ? 1 : 0));
                }
            }
        }
        return raw(typeOf(data.type()), bytes, data.shape());
    }

    static TensorProto floats(float[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return raw(TensorProto.DataType.FLOAT_VALUE, buffer.array(), shape);
    }

    static TensorProto doubleScalar(double value) {
        ByteBuffer buffer = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return raw(TensorProto.DataType.DOUBLE_VALUE, buffer.putDouble(value).array());
    }

    static TensorProto longs(long[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return raw(TensorProto.DataType.INT64_VALUE, buffer.array(), shape);
    }

    static TensorProto int8(byte[] values, long... shape) {
        return raw(TensorProto.DataType.INT8_VALUE, values, shape);
    }

    static TensorProto uint8(byte[] values, long... shape) {
        return raw(TensorProto.DataType.UINT8_VALUE, values, shape);
    }

    /** Returns a tensor of one element, without axes unless a shape is given. */
    static TensorProto filled(DType type, double value, long... shape) {
        return switch (type) {
            case FLOAT -> floats(new float[] {(float) value}, shape);
            case INT -> longs(new long[] {(long) value}, shape);
            case BOOL -> raw(TensorProto.DataType.BOOL_VALUE, new byte[] {(byte) (value != 0 ? 1 : 0)}, shape);
        };
    }

    /** Wraps an array in a tensor without a copy. */
    private static TensorProto raw(int type, byte[] bytes, long... shape) {
        TensorProto.Builder builder = TensorProto.newBuilder().setDataType(type);
        for (long dim : shape) {
            builder.addDims(dim);
        }
        ByteString content = UnsafeByteOperations.unsafeWrap(bytes);
        return builder.setRawData(content).build();
    }
}
