package org.quantvoice.internal.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recursive-descent JSON reader with bounds: at most {@value #MAX_DEPTH} levels, and as many bytes as the caller allows. */
public final class JsonReader {
    /** Deepest nesting of arrays and objects that is read. */
    public static final int MAX_DEPTH = 64;

    private final JsonScanner scanner;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private int depth;

    private JsonReader(String text) {
        this.scanner = new JsonScanner(text);
    }

    /** Parses a text that holds exactly one value. */
    public static JsonNode parse(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.scanner.expectEnd();
        return new JsonNode(value);
    }

    /** Parses UTF-8, with a byte order mark or without; malformed bytes are an error, not replaced. */
    public static JsonNode parse(byte[] utf8) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            return parse(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            throw new JsonException("bytes that are not UTF-8", "UTF-8 text", "save the file as UTF-8", e);
        }
    }

    /**
     * Reads a stream to its end and parses it; the caller closes it.
     *
     * @param maxBytes more than this is an error
     */
    public static JsonNode read(InputStream in, int maxBytes) throws IOException {
        byte[] bytes = in.readNBytes(maxBytes);
        if (in.read() >= 0) {
            throw new JsonException("more than " + maxBytes + " bytes of JSON", "at most " + maxBytes);
        }
        return parse(bytes);
    }

    private @Nullable Object value() {
        char c = scanner.peekToken();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> scanner.string();
            case 't' -> scanner.literal("true", Boolean.TRUE);
            case 'f' -> scanner.literal("false", Boolean.FALSE);
            case 'n' -> scanner.literal("null", null);
            default -> scanner.number();
        };
    }

    private Map<String, @Nullable Object> object() {
        enter();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (boolean more = !scanner.tryClose('}'); more; more = scanner.comma('}')) {
            scanner.expectKey();
            int at = scanner.position();
            String key = scanner.string();
            if (map.containsKey(key)) {
                throw scanner.error(at, "the key '" + key + "' again", "each key once");
            }
            scanner.expect(':');
            map.put(key, value());
        }
        depth--;
        return Collections.unmodifiableMap(map);
    }

    private List<@Nullable Object> array() {
        enter();
        List<@Nullable Object> list = new ArrayList<>();
        for (boolean more = !scanner.tryClose(']'); more; more = scanner.comma(']')) {
            list.add(value());
        }
        depth--;
        return Collections.unmodifiableList(list);
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw scanner.error(scanner.position(), "more than " + MAX_DEPTH + " levels", "less nesting");
        }
        scanner.skip();
    }
}
