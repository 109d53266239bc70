package org.quantvoice.internal.json;

import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain Java values as JSON: maps with string keys (in their own order), iterables, strings, finite numbers,
 * booleans and null. Anything else throws {@link IllegalArgumentException}.
 */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean indented;
    private int depth;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    /** Returns the JSON on one line, without spaces. */
    public static String compact(@Nullable Object value) {
        return write(value, false);
    }

    /** Returns the JSON with one key or element on each line, indented by two spaces. */
    public static String pretty(@Nullable Object value) {
        return write(value, true);
    }

    private static String write(@Nullable Object value, boolean indented) {
        JsonWriter writer = new JsonWriter(indented);
        writer.value(value);
        return writer.out.toString();
    }

    private void value(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            object(map);
        } else if (value instanceof Iterable<?> items) {
            array(items);
        } else if (value instanceof String s) {
            string(s);
        } else if (value instanceof Number n) {
            number(n);
        } else if (value == null || value instanceof Boolean) {
            out.append(value);
        } else {
            throw new IllegalArgumentException("got a " + value.getClass().getName() + "; expected a JSON value");
        }
    }

    private void object(Map<?, ?> map) {
        open('{');
        for (Iterator<? extends Map.Entry<?, ?>> it = map.entrySet().iterator(); it.hasNext(); ) {
            Map.Entry<?, ?> entry = it.next();
            newLine();
            string((String) Objects.requireNonNull(entry.getKey(), "key"));
            out.append(indented ? ": " : ":");
            value(entry.getValue());
            out.append(it.hasNext() ? "," : "");
        }
        close('}', map.isEmpty());
    }

    private void array(Iterable<?> items) {
        Iterator<?> it = items.iterator();
        boolean empty = !it.hasNext();
        open('[');
        while (it.hasNext()) {
            newLine();
            value(it.next());
            out.append(it.hasNext() ? "," : "");
        }
        close(']', empty);
    }

    private void open(char bracket) {
        if (++depth > JsonReader.MAX_DEPTH) {
            throw new IllegalArgumentException("got more than " + JsonReader.MAX_DEPTH + " levels; expected a tree");
        }
        out.append(bracket);
    }

    private void close(char bracket, boolean empty) {
        depth--;
        if (!empty) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        if (indented) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void number(Number n) {
        if (!Double.isFinite(n.doubleValue())) {
            throw new IllegalArgumentException("got the number " + n + "; expected a finite one");
        }
        out.append(n);
    }

    private void string(String s) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> character(c, s, i);
            }
        }
        out.append('"');
    }

    private void character(char c, String s, int i) {
        boolean paired = Character.isHighSurrogate(c)
                ? i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))
                : !Character.isLowSurrogate(c) || (i > 0 && Character.isHighSurrogate(s.charAt(i - 1)));
        if (!paired) {
            throw new IllegalArgumentException("got half of a surrogate pair at " + i + "; expected whole characters");
        }
        // The two line separators are legal in JSON but not in JavaScript, where JSON output is often embedded.
        if (c < ' ' || c == '\u2028' || c == '\u2029') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}
