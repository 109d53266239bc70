package org.quantvoice.internal.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value and its path in the document. The accessors check the type: asking a string for its number throws a {@link
 * JsonException} that names the path.
 */
public final class JsonNode {
    /** The value that contains this one; null for the document. */
    private final @Nullable JsonNode parent;

    /** The key or index of this value in its parent. */
    private final Object step;

    /** A Map, List, String, JsonNumber, Boolean, or null. */
    private final @Nullable Object value;

    JsonNode(@Nullable Object value) {
        this(null, "", value);
    }

    private JsonNode(@Nullable JsonNode parent, Object step, @Nullable Object value) {
        this.parent = parent;
        this.step = step;
        this.value = value;
    }

    /** Returns the path of this value, e.g. {@code layers[3].name}; {@code document} for the root. */
    public String path() {
        return parent == null ? "document" : steps();
    }

    /** Returns the path. It is composed only for a message, because most values are valid. */
    private String steps() {
        String before = parent == null || parent.parent == null ? "" : parent.steps();
        if (step instanceof Integer) {
            return before + "[" + step + "]";
        }
        return before.isEmpty() ? step.toString() : before + "." + step;
    }

    public boolean isNull() {
        return value == null;
    }

    public boolean isObject() {
        return value instanceof Map;
    }

    public boolean isString() {
        return value instanceof String;
    }

    public boolean isNumber() {
        return value instanceof JsonNumber;
    }

    public boolean isArray() {
        return value instanceof List;
    }

    public String string() {
        return as(String.class, "a string");
    }

    public boolean bool() {
        return as(Boolean.class, "true or false");
    }

    public double number() {
        return as(JsonNumber.class, "a number").toDouble();
    }

    /**
     * Returns the value as a whole number between the bounds, both inclusive; {@code 2.0} and {@code 2e3} are not
     * whole here.
     */
    public long integer(long min, long max) {
        OptionalLong n = value instanceof JsonNumber number ? number.toLong() : OptionalLong.empty();
        if (n.isEmpty() || n.getAsLong() < min || n.getAsLong() > max) {
            throw wrong("a whole number from " + min + " to " + max);
        }
        return n.getAsLong();
    }

    /** Returns the keys of an object in the order of the text. */
    public Set<String> keys() {
        return object().keySet();
    }

    /** Returns the value of a key, which must be there. */
    public JsonNode get(String key) {
        return find(key)
                .orElseThrow(
                        () -> new JsonException(path() + " without the key '" + key + "'", "the key '" + key + "'"));
    }

    /** Returns the value of a key if the object has it. */
    public Optional<JsonNode> find(String key) {
        Map<String, Object> map = object();
        return map.containsKey(key) ? Optional.of(new JsonNode(this, key, map.get(key))) : Optional.empty();
    }

    /** Returns the values of an array. */
    public List<JsonNode> items() {
        List<?> list = as(List.class, "an array");
        List<JsonNode> nodes = new ArrayList<>(list.size());
        for (Object item : list) {
            nodes.add(new JsonNode(this, nodes.size(), item));
        }
        return nodes;
    }

    @SuppressWarnings("unchecked") // the reader makes no other maps
    private Map<String, Object> object() {
        return (Map<String, Object>) as(Map.class, "an object");
    }

    private <T> T as(Class<T> type, String expected) {
        if (!type.isInstance(value)) {
            throw wrong(expected);
        }
        return type.cast(value);
    }

    private JsonException wrong(String expected) {
        return new JsonException(path() + " = " + describe(), expected + " at " + path());
    }

    private String describe() {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        return value instanceof String s ? "the string '" + shortened(s) + "'" : shortened(value.toString());
    }

    private static String shortened(String s) {
        return s.length() <= 40 ? s : s.substring(0, 40) + "...";
    }
}
