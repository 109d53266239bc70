package org.quantvoice.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;

/** Makes attributes of ONNX nodes. */
final class Attribute {
    private Attribute() {}

    static AttributeProto of(String name, long value) {
        return named(name, AttributeProto.AttributeType.INT).setI(value).build();
    }

    static AttributeProto of(String name, float value) {
        return named(name, AttributeProto.AttributeType.FLOAT).setF(value).build();
    }

    static AttributeProto of(String name, String value) {
        return named(name, AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto of(String name, TensorProto value) {
        return named(name, AttributeProto.AttributeType.TENSOR).setT(value).build();
    }

    static AttributeProto of(String name, List<String> values) {
        AttributeProto.Builder builder = named(name, AttributeProto.AttributeType.STRINGS);
        values.forEach(value -> builder.addStrings(ByteString.copyFromUtf8(value)));
        return builder.build();
    }

    static AttributeProto of(String name, int... values) {
        AttributeProto.Builder builder = named(name, AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(builder::addInts);
        return builder.build();
    }

    private static AttributeProto.Builder named(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
