package org.quantvoice.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quantvoice.error.ModelFormatException;

/**
 * The named settings of a node. A value is a {@link Dim} (every integer), a {@link Double}, a {@link Boolean}, a {@link
 * String}, or a {@code List<Dim>}. Asking for a name that is absent or of another type is a {@link
 * ModelFormatException}; a flag that is absent is false.
 */
public final class Attributes {

    public static final Attributes NONE = new Attributes(Map.of());

    private final TreeMap<String, Object> values;

    private Attributes(Map<String, Object> values) {
        this.values = new TreeMap<>(values);
    }

    /**
     * Returns attributes of alternating names and values; {@code int}, {@code long}, {@code int[]} and {@code long[]}
     * are values too.
     */
    public static Attributes of(Object... namesAndValues) {
        Attributes result = NONE;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            result = result.with((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return result;
    }

    public Attributes with(String name, Object value) {
        TreeMap<String, Object> changed = new TreeMap<>(values);
        changed.put(name, normal(name, value));
        return new Attributes(changed);
    }

    private static Object normal(String name, Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return Dim.of(((Number) value).longValue());
        }
        if (value instanceof int[] list) {
            return java.util.Arrays.stream(list).mapToObj(Dim::of).toList();
        }
        if (value instanceof long[] list) {
            return java.util.Arrays.stream(list).mapToObj(Dim::of).toList();
        }
        if (value instanceof List<?> list && list.stream().allMatch(Dim.class::isInstance)) {
            return List.copyOf(list);
        }
        if (value instanceof Dim || value instanceof Double || value instanceof Boolean || value instanceof String) {
            return value;
        }
        throw new IllegalArgumentException("got attribute " + name + " of " + value.getClass());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Returns all attributes, sorted by name. */
    public Map<String, Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    public boolean flag(String name) {
        return has(name) && get(name, Boolean.class);
    }

    public String text(String name) {
        return get(name, String.class);
    }

    /** Returns the value of a {@link DType} attribute. */
    public DType type(String name) {
        String text = text(name);
        for (DType type : DType.values()) {
            if (type.toString().equals(text)) {
                return type;
            }
        }
        throw new ModelFormatException("element type " + text, "float, int or bool", "write the model again");
    }

    public Dim dim(String name) {
        return get(name, Dim.class);
    }

    /** Returns the value of an integer attribute that does not depend on the input. */
    public int integer(String name) {
        return constant(name, dim(name));
    }

    public double number(String name) {
        return get(name, Double.class);
    }

    /** Returns whether the value is a {@link Dim} rather than a double. */
    public boolean isInteger(String name) {
        return values.get(name) instanceof Dim;
    }

    /** Returns the value of a double, or of an integer for given sizes. */
    public double number(String name, Map<String, Long> sizes) {
        return isInteger(name) ? dim(name).evaluate(sizes) : number(name);
    }

    @SuppressWarnings("unchecked") // normal() checks the type
    public List<Dim> dims(String name) {
        return get(name, List.class);
    }

    public int[] ints(String name) {
        return dims(name).stream().mapToInt(d -> constant(name, d)).toArray();
    }

    private static int constant(String name, Dim dim) {
        if (!dim.isConstant() || dim.constant() != (int) dim.constant()) {
            throw new ModelFormatException(
                    "attribute " + name + " = " + dim,
                    "a constant of 32 bits",
                    "fix this size when exporting the model");
        }
        return (int) dim.constant();
    }

    private <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new ModelFormatException(
                    "attribute " + name + " = " + value, "a " + type.getSimpleName(), "write the model again");
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes a && values.equals(a.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
