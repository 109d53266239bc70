package org.quantvoice.internal.qv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.json.JsonNode;

/**
 * Reads and writes graphs as JSON. A node refers to a constant or an input by its name and to another node's output
 * by its number; integers are texts, since they may be expressions of the input's sizes. Reading infers types and
 * shapes anew.
 */
public final class GraphJson {
    private static final int MAX_AXES = 16;

    private GraphJson() {}

    static Map<String, Object> write(Graph graph) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("inputs", graph.inputs().stream().map(GraphJson::input).toList());
        json.put(
                "scalars",
                graph.scalars().stream()
                        .map(s -> Map.of("name", s.name(), "min", s.min()))
                        .toList());
        json.put("nodes", graph.nodes().stream().map(GraphJson::node).toList());
        json.put("outputs", graph.outputs().stream().map(GraphJson::reference).toList());
        return json;
    }

    private static Map<String, Object> input(Value value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", value.name());
        json.put("type", value.type().toString());
        json.put("shape", value.shape().dims().stream().map(Dim::toString).toList());
        return json;
    }

    private static Object reference(Value value) {
        return value.name().isEmpty() ? (Object) value.id() : value.name();
    }

    private static Map<String, Object> node(Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("op", node.op().toString());
        json.put("in", node.inputs().stream().map(GraphJson::reference).toList());
        json.put("out", node.outputs().stream().map(Value::id).toList());
        if (!node.attributes().asMap().isEmpty()) {
            Map<String, Object> attributes = new LinkedHashMap<>();
            node.attributes().asMap().forEach((name, value) -> attributes.put(name, attribute(value)));
            json.put("attributes", attributes);
        }
        if (!node.path().isEmpty()) {
            json.put("path", node.path());
        }
        return json;
    }

    private static Object attribute(Object value) {
        if (value instanceof Dim dim) {
            return Map.of("dim", dim.toString());
        }
        if (value instanceof Double number) {
            return Map.of("number", number.toString());
        }
        if (value instanceof List<?> dims) {
            return dims.stream().map(Object::toString).toList();
        }
        return value;
    }

    /** Builds the graph again over the tensors that it names. */
    static Graph read(JsonNode json, Map<String, TensorData> tensors) {
        GraphBuilder builder = new GraphBuilder();
        Map<Object, Value> values = new HashMap<>();
        Set<String> symbols = new HashSet<>();
        for (JsonNode scalar : json.get("scalars").items()) {
            String name = scalar.get("name").string();
            symbols.add(name);
            builder.scalar(name, scalar.get("min").integer(Long.MIN_VALUE, Long.MAX_VALUE));
        }
        for (JsonNode input : json.get("inputs").items()) {
            String name = input.get("name").string();
            Shape shape = shape(input.get("shape"));
            shape.dims().forEach(d -> d.symbols().forEach(s -> symbols.add(s.name())));
            values.put(name, builder.input(name, type(input.get("type")), shape));
        }
        tensors.forEach((name, data) -> values.put(name, builder.constant(name, data, true)));
        for (JsonNode node : json.get("nodes").items()) {
            List<Value> inputs = references(node.get("in"), values);
            Attributes attributes =
                    node.find("attributes").map(GraphJson::attributes).orElse(Attributes.NONE);
            requireKnown(attributes, symbols, node);
            String path = node.find("path").map(JsonNode::string).orElse("");
            List<Value> made = builder.addAll(op(node.get("op")), path, attributes, inputs);
            List<JsonNode> names = node.get("out").items();
            if (names.size() != made.size()) {
                throw SafeTensors.broken(node.path() + " with " + names.size() + " outputs", made.size() + " outputs");
            }
            for (int i = 0; i < made.size(); i++) {
                values.put(names.get(i).integer(0, Integer.MAX_VALUE), made.get(i));
            }
        }
        return builder.build(references(json.get("outputs"), values));
    }

    /** Refuses a size that no input gives, because it would have no value at any run. */
    private static void requireKnown(Attributes attributes, Set<String> symbols, JsonNode node) {
        for (Object value : attributes.asMap().values()) {
            List<?> dims = value instanceof List<?> list ? list : List.of(value);
            for (Object dim : dims) {
                if (dim instanceof Dim d && d.symbols().stream().anyMatch(s -> !symbols.contains(s.name()))) {
                    throw SafeTensors.broken("the size '" + d + "' at " + node.path(), "sizes of " + symbols);
                }
            }
        }
    }

    private static List<Value> references(JsonNode list, Map<Object, Value> values) {
        List<Value> found = new ArrayList<>();
        for (JsonNode item : list.items()) {
            Object key = item.isString() ? item.string() : (Object) item.integer(0, Integer.MAX_VALUE);
            Value value = values.get(key);
            if (value == null) {
                throw SafeTensors.broken("a reference to " + key + " at " + item.path(), "a value defined before");
            }
            found.add(value);
        }
        return found;
    }

    private static Op op(JsonNode node) {
        return Op.parse(node.string())
                .orElseThrow(() -> new ModelFormatException(
                        "operator " + node.string().toLowerCase(Locale.ROOT),
                        "an operator of this version",
                        "use a newer version of QuantVoice"));
    }

    private static DType type(JsonNode node) {
        for (DType type : DType.values()) {
            if (type.toString().equals(node.string())) {
                return type;
            }
        }
        throw SafeTensors.broken("type " + node.string() + " at " + node.path(), "float, int or bool");
    }

    private static Shape shape(JsonNode node) {
        return new Shape(dims(node));
    }

    private static List<Dim> dims(JsonNode node) {
        List<JsonNode> items = node.items();
        if (items.size() > 2 * MAX_AXES) {
            throw SafeTensors.broken(items.size() + " sizes at " + node.path(), "at most " + 2 * MAX_AXES);
        }
        return items.stream().map(GraphJson::dim).toList();
    }

    private static Dim dim(JsonNode node) {
        try {
            return Dim.parse(node.string());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ModelFormatException(
                    "the size '" + node.string() + "' at " + node.path(), "an expression", "write the file again", e);
        }
    }

    private static Attributes attributes(JsonNode json) {
        Attributes result = Attributes.NONE;
        for (String name : json.keys()) {
            result = result.with(name, attributeValue(json.get(name)));
        }
        return result;
    }

    private static Object attributeValue(JsonNode node) {
        if (node.isArray()) {
            return dims(node);
        }
        if (node.isObject()) {
            return node.find("dim").<Object>map(GraphJson::dim).orElseGet(() -> number(node.get("number")));
        }
        return node.isString() ? node.string() : (Object) node.bool();
    }

    private static Double number(JsonNode node) {
        try {
            return Double.valueOf(node.string());
        } catch (NumberFormatException e) {
            throw new ModelFormatException(
                    "the number '" + node.string() + "' at " + node.path(), "a number", "write the file again", e);
        }
    }
}
