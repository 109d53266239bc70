package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a step, in the order of its struct in native/src/exec/step.h; StepContractTest compares the two. Code that
 * writes or reads a step names its fields, so that nothing else knows the order.
 */
final class StepLayout {
    /** What a field holds; each word has 64 bits. */
    enum Kind {
        INT,
        REAL,
        PLACE
    }

    /**
     * A field.
     *
     * @param words more than one for an array
     */
    record Field(String name, Kind kind, int at, int words) {}

    private final Map<String, Field> byName = new HashMap<>();
    private final List<Field> fields = new ArrayList<>();
    private int words;

    private StepLayout() {}

    /**
     * Reads a declaration such as {@code "int rows n, place in, real eps, view out, int dim[6]"}; a view is a place
     * {@code out.at} and six strides {@code out.stride}.
     */
    static StepLayout of(String declaration) {
        StepLayout layout = new StepLayout();
        for (String part : declaration.split(",")) {
            String[] names = part.strip().split("\\s+");
            for (int i = 1; i < names.length; i++) {
                layout.declare(names[0], names[i]);
            }
        }
        return layout;
    }

    private void declare(String kind, String name) {
        if (kind.equals("view")) {
            add(name + ".at", Kind.PLACE, 1);
            add(name + ".stride", Kind.INT, Emission.MAX_RANK);
        } else if (name.endsWith("[6]")) {
            add(name.substring(0, name.length() - 3), Kind.INT, Emission.MAX_RANK);
        } else {
            add(name, Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), 1);
        }
    }

    private void add(String name, Kind kind, int count) {
        Field field = new Field(name, kind, words, count);
        fields.add(field);
        byName.put(name, field);
        words += count;
    }

    /** How many words the step has after its header. */
    int words() {
        return words;
    }

    List<Field> fields() {
        return List.copyOf(fields);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /**
     * The field of a name.
     *
     * @throws IllegalArgumentException if the step has none
     */
    Field field(String name) {
        Field field = byName.get(name);
        if (field == null) {
            throw new IllegalArgumentException("got the field " + name + "; expected one of " + byName.keySet());
        }
        return field;
    }
}
