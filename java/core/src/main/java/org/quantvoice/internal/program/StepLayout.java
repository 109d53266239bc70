package org.quantvoice.internal.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The layout of an operator's steps as native/src/exec/steps.def defines it: the operator's number, and the fields in
 * their order. The C++ compiler reads the same file as macros; the build puts it beside this class. Code that writes
 * or reads a step names its fields, so that no other code depends on the order.
 */
final class StepLayout {
    /** All operators by their names, in the order of the file. */
    static final Map<String, StepLayout> ALL = read();

    /** Type of a field's value; each word has 64 bits. */
    enum Kind {
        INT,
        REAL,
        PLACE
    }

    /**
     * A field of a step.
     *
     * @param at index of its first word
     * @param words more than one for an array
     */
    record Field(String name, Kind kind, int at, int words) {}

    private final int code;
    private final boolean rowLocal;
    private final Map<String, Field> byName = new HashMap<>();
    private final List<Field> fields = new ArrayList<>();
    private int words;

    private StepLayout(int code, boolean rowLocal) {
        this.code = code;
        this.rowLocal = rowLocal;
    }

    private static Map<String, StepLayout> read() {
        try (InputStream in = StepLayout.class.getResourceAsStream("steps.def")) {
            if (in == null) {
                throw new IllegalStateException("got no steps.def beside " + StepLayout.class.getName()
                        + "; expected the build to copy it from native/src/exec");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads entries {@code STEP(operator, struct, number, by_rows, KIND(field) KIND(field) ...)}. It uses no regular
     * expressions, because the file is read at each start of a process.
     */
    static Map<String, StepLayout> parse(String text) {
        Map<String, StepLayout> all = new LinkedHashMap<>();
        StringTokenizer words = new StringTokenizer(withoutComments(text), " \r\n,()");
        @Nullable StepLayout layout = null;
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.equals("STEP")) {
                String operator = words.nextToken();
                words.nextToken(); // the struct's name is for C++ only
                layout = new StepLayout(Integer.parseInt(words.nextToken()), bool(words.nextToken()));
                all.put(operator, layout);
            } else {
                Objects.requireNonNull(layout, "a field before the first STEP").declare(word, words.nextToken());
            }
        }
        return all;
    }

    private static String withoutComments(String text) {
        StringBuilder code = new StringBuilder();
        text.lines().forEach(line -> {
            int comment = line.indexOf("//");
            code.append(comment < 0 ? line : line.substring(0, comment)).append('\n');
        });
        return code.toString();
    }

    private static boolean bool(String word) {
        if (!word.equals("true") && !word.equals("false")) {
            throw new IllegalStateException("got by_rows " + word + " in steps.def; expected true or false");
        }
        return word.equals("true");
    }

    /** Adds a field. A view consists of a place {@code out.at} and strides {@code out.stride}. */
    private void declare(String kind, String name) {
        switch (kind) {
            case "VIEW" -> {
                add(name + ".at", Kind.PLACE, 1);
                add(name + ".stride", Kind.INT, Emission.MAX_RANK);
            }
            case "DIMS" -> add(name, Kind.INT, Emission.MAX_RANK);
            default -> add(name, Kind.valueOf(kind), 1);
        }
    }

    private void add(String name, Kind kind, int count) {
        Field field = new Field(name, kind, words, count);
        fields.add(field);
        byName.put(name, field);
        words += count;
    }

    /** Returns the operator's number. */
    int code() {
        return code;
    }

    /**
     * Returns whether each row of the result needs only its own rows of the inputs, so that threads and groups of
     * steps may share the rows.
     */
    boolean rowLocal() {
        return rowLocal;
    }

    /** Returns the number of words of the step after its header. */
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
     * Returns the field with a name.
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
