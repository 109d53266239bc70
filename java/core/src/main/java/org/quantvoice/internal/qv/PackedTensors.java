package org.quantvoice.internal.qv;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.PackedTensor;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * Describes the tensors of type U8 in a file's {@code __metadata__.packed}: width, scheme, and the shape that they
 * stand for.
 */
public final class PackedTensors {
    private static final int MAX_AXES = 16;

    /** The description of one packed tensor. */
    @SuppressWarnings("ArrayRecordComponent")
    record Description(WeightFormat format, long[] shape) {

        PackedTensor tensor(String name, SafeTensors.Entry entry, float[] scales) {
            long bytes = PackedTensor.bytesOf(format, shape);
            if (!entry.type().equals("U8") || entry.bytes().size() != bytes) {
                throw SafeTensors.broken(
                        entry.bytes().size() + " bytes of type " + entry.type() + " for " + name,
                        bytes + " bytes of type U8 for its shape and width");
            }
            return new PackedTensor(format, entry.bytes(), scales, shape);
        }
    }

    private PackedTensors() {}

    static Map<String, Object> write(Collection<Constant> constants) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Constant constant : constants) {
            if (constant.data() instanceof PackedTensor packed) {
                Map<String, Object> description = new LinkedHashMap<>();
                description.put("bits", packed.format().bits());
                description.put("scheme", packed.format().scheme().name().toLowerCase(Locale.ROOT));
                description.put("shape", Arrays.stream(packed.shape()).boxed().toList());
                all.put(constant.name(), description);
            }
        }
        return all;
    }

    static Map<String, Description> read(@Nullable String json) {
        Map<String, Description> all = new LinkedHashMap<>();
        if (json == null) {
            return all;
        }
        JsonNode root = JsonReader.parse(json);
        for (String name : root.keys()) {
            JsonNode node = root.get(name);
            int bits = (int) node.get("bits").integer(0, Integer.MAX_VALUE);
            WeightFormat format = new WeightFormat(bits, scheme(node.get("scheme")));
            if (!format.isInteger()) {
                throw SafeTensors.broken(bits + " bits of " + name, "2 to 8");
            }
            all.put(name, new Description(format, shape(node.get("shape"))));
        }
        return all;
    }

    private static WeightScheme scheme(JsonNode node) {
        for (WeightScheme scheme : WeightScheme.values()) {
            if (scheme.name().toLowerCase(Locale.ROOT).equals(node.string())) {
                return scheme;
            }
        }
        throw SafeTensors.broken("scheme " + node.string() + " at " + node.path(), "linear or log2");
    }

    private static long[] shape(JsonNode node) {
        List<JsonNode> items = node.items();
        if (items.isEmpty() || items.size() > MAX_AXES) {
            throw SafeTensors.broken(items.size() + " sizes at " + node.path(), "1 to " + MAX_AXES);
        }
        long[] shape = new long[items.size()];
        long elements = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = items.get(i).integer(1, Integer.MAX_VALUE);
            elements *= shape[i];
            if (elements > Integer.MAX_VALUE) {
                throw SafeTensors.broken(node.path() + " of more than 2^31 elements", "a smaller tensor");
            }
        }
        return shape;
    }
}
