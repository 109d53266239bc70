package org.quantvoice.internal.onnx.read;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;

/**
 * Reads {@code ModelProto} of {@code onnx.proto}, whose field numbers are written here as literals. Not thread-safe.
 */
public final class OnnxReader {
    private static final int MOST_NODES = 1 << 20;

    private final TensorReader tensors;
    private int nodes;

    private OnnxReader(TensorReader tensors) {
        this.tensors = tensors;
    }

    /**
     * Returns the model of a file; tensors are read when they are needed.
     *
     * @throws ModelFormatException if the file is damaged, or not there
     * @throws org.quantvoice.error.UnsupportedOperatorException if it holds element types that are not known
     */
    public static OnnxModel read(Path file) {
        try {
            FileWindow window = FileWindow.open(file);
            return new OnnxReader(new TensorReader(window, file)).model(file, MessageReader.of(window));
        } catch (ModelFormatException e) {
            throw new ModelFormatException(file + ": " + e.got(), e.expected(), e.cure(), e);
        }
    }

    private OnnxModel model(Path file, MessageReader message) {
        String producer = "";
        long opset = 0;
        OnnxGraph graph = null;
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, OnnxFunction> functions = new LinkedHashMap<>();
        while (message.next()) {
            switch (message.number()) {
                case 2 -> producer = message.text();
                case 7 -> graph = graph(message.message());
                case 8 -> opset = Math.max(opset, opset(message.message()));
                case 14 -> TensorReader.entry(message.message(), metadata);
                case 25 -> function(message.message(), functions);
                default -> {
                    // Versions, descriptions and training data do not change what the model computes.
                }
            }
        }
        if (graph == null || graph.outputs().isEmpty()) {
            throw BrokenFile.of(graph == null ? "no graph" : "a graph without an output");
        }
        return new OnnxModel(file, producer, opset, graph, metadata, functions);
    }

    private static long opset(MessageReader message) {
        String domain = "";
        long version = 0;
        while (message.next()) {
            if (message.number() == 1) {
                domain = message.text();
            } else if (message.number() == 2) {
                version = message.integer();
            }
        }
        return isOnnx(domain) ? version : 0;
    }

    private static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private OnnxGraph graph(MessageReader message) {
        String name = "";
        List<OnnxNode> all = new ArrayList<>();
        Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        List<OnnxInput> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        while (message.next()) {
            switch (message.number()) {
                case 1 -> all.add(node(message.message()));
                case 2 -> name = message.text();
                case 5 -> {
                    OnnxTensor tensor = tensors.read(message.message());
                    initializers.put(tensor.name(), tensor);
                }
                case 11 -> inputs.add(input(message.message()));
                case 12 -> outputs.add(input(message.message()).name());
                case 15 ->
                    throw new org.quantvoice.error.UnsupportedOperatorException(
                            "an ONNX file with sparse weights", "dense weights", "export the model without them");
                default -> {
                    // Skipped fields: descriptions, and the types of inner values, which are computed.
                }
            }
        }
        return new OnnxGraph(name, all, initializers, inputs, outputs);
    }

    private OnnxNode node(MessageReader message) {
        if (++nodes > MOST_NODES) {
            throw BrokenFile.of("more than " + MOST_NODES + " nodes");
        }
        String name = "";
        String operator = "";
        String domain = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        while (message.next()) {
            switch (message.number()) {
                case 1 -> inputs.add(message.text());
                case 2 -> outputs.add(message.text());
                case 3 -> name = message.text();
                case 4 -> operator = message.text();
                case 5 -> {
                    OnnxAttribute attribute = attribute(message.message());
                    attributes.put(attribute.name(), attribute);
                }
                case 7 -> domain = message.text();
                case 9 -> TensorReader.entry(message.message(), metadata);
                default -> {
                    // Skipped fields: a description, or the overload of a function, which its name tells too.
                }
            }
        }
        return new OnnxNode(name, operator, isOnnx(domain) ? "" : domain, inputs, outputs, attributes, metadata);
    }

    /** The lists of an attribute, of which at most one is used. */
    private static final class Lists {
        private final LongStream.Builder integers = LongStream.builder();
        private final ByteArrayOutputStream floats = new ByteArrayOutputStream();
        private final List<String> texts = new ArrayList<>();
    }

    private OnnxAttribute attribute(MessageReader message) {
        String name = "";
        String reference = "";
        long type = 0;
        Object value = null;
        Lists lists = new Lists();
        while (message.next()) {
            switch (message.number()) {
                case 1 -> name = message.text();
                case 2 -> value = message.number32();
                case 3 -> value = message.integer();
                case 4 -> value = message.text();
                case 5 -> value = tensors.read(message.message());
                case 6 -> value = graph(message.message());
                case 7 -> message.fixed(lists.floats, Float.BYTES);
                case 8 -> message.integers(lists.integers);
                case 9 -> lists.texts.add(message.text());
                case 20 -> type = message.integer();
                case 21 -> reference = message.text();
                default -> {
                    // Skipped fields: descriptions, and kinds of values that no known operator has.
                }
            }
        }
        return new OnnxAttribute(name, value(value, type, lists), reference);
    }

    private static Object value(@Nullable Object single, long type, Lists lists) {
        if (single != null) {
            return single;
        }
        return switch ((int) type) { // a file may leave out a value that is the default of its type
            case 1 -> 0f;
            case 2 -> 0L;
            case 6 -> floats(lists.floats.toByteArray());
            case 7 -> lists.integers.build().toArray();
            case 8 -> List.copyOf(lists.texts);
            default -> {
                long[] integers = lists.integers.build().toArray();
                float[] floats = floats(lists.floats.toByteArray());
                yield integers.length > 0 ? integers : floats.length > 0 ? floats : "";
            }
        };
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        java.nio.ByteBuffer.wrap(bytes)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private void function(MessageReader message, Map<String, OnnxFunction> into) {
        String name = "";
        String domain = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<OnnxNode> body = new ArrayList<>();
        Map<String, OnnxAttribute> defaults = new LinkedHashMap<>();
        while (message.next()) {
            switch (message.number()) {
                case 1 -> name = message.text();
                case 4 -> inputs.add(message.text());
                case 5 -> outputs.add(message.text());
                case 7 -> body.add(node(message.message()));
                case 10 -> domain = message.text();
                case 11 -> {
                    OnnxAttribute attribute = attribute(message.message());
                    defaults.put(attribute.name(), attribute);
                }
                default -> {
                    // Skipped fields: names of attributes without a default, and versions.
                }
            }
        }
        into.put(OnnxFunction.key(domain, name), new OnnxFunction(inputs, outputs, body, defaults));
    }

    private static OnnxInput input(MessageReader message) {
        String name = "";
        OnnxInput typed = new OnnxInput("", Optional.empty(), Optional.empty(), List.of());
        while (message.next()) {
            if (message.number() == 1) {
                name = message.text();
            } else if (message.number() == 2) {
                typed = type(message.message());
            }
        }
        return new OnnxInput(name, typed.type(), typed.sizes(), typed.names());
    }

    /** Reads a {@code TypeProto}; only tensors have types here. */
    private static OnnxInput type(MessageReader message) {
        Optional<ElementType> type = Optional.empty();
        List<Long> sizes = null;
        List<String> names = new ArrayList<>();
        while (message.next()) {
            if (message.number() != 1) {
                continue;
            }
            MessageReader tensor = message.message();
            while (tensor.next()) {
                if (tensor.number() == 1) {
                    long code = tensor.integer();
                    type = Arrays.stream(ElementType.values())
                            .filter(t -> t.code() == code)
                            .findFirst();
                } else if (tensor.number() == 2) {
                    sizes = sizes(tensor.message(), names);
                }
            }
        }
        return new OnnxInput("", type, Optional.ofNullable(sizes), names);
    }

    private static List<Long> sizes(MessageReader message, List<String> names) {
        List<Long> sizes = new ArrayList<>();
        while (message.next()) {
            if (message.number() != 1) {
                continue;
            }
            MessageReader axis = message.message();
            long size = OnnxInput.FREE;
            String name = "";
            while (axis.next()) {
                if (axis.number() == 1) {
                    size = axis.integer();
                } else if (axis.number() == 2) {
                    name = axis.text();
                }
            }
            sizes.add(size < 0 ? OnnxInput.FREE : size);
            names.add(size < 0 ? name : "");
        }
        return sizes;
    }
}
