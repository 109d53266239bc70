package org.quantvoice.internal.huggingface.nemo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;

/** Reads a sequence or a mapping of YAML in brackets: {@code [-1, -1]}, {@code {a: 1, b: [x, 'y']}}. */
final class YamlBrackets {
    private final YamlLines lines;
    private final int line;
    private final String text;
    private final int mostDepth;
    private int at;

    YamlBrackets(YamlLines lines, int line, String text, int mostDepth) {
        this.lines = lines;
        this.line = line;
        this.text = text;
        this.mostDepth = mostDepth;
    }

    @Nullable
    Object read() {
        Object value = value(0);
        if (!YamlText.withoutRemark(text.substring(at)).isEmpty()) {
            throw refused();
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        if (depth > mostDepth) {
            throw refused();
        }
        skip();
        return switch (peek()) {
            case '[' -> sequence(depth);
            case '{' -> mapping(depth);
            case '\'', '"' -> quotation();
            default -> YamlReader.scalar(plain());
        };
    }

    private List<@Nullable Object> sequence(int depth) {
        List<@Nullable Object> items = new ArrayList<>();
        at++;
        for (skip(); peek() != ']'; skip()) {
            items.add(value(depth + 1));
            separate(']');
        }
        at++;
        return items;
    }

    private Map<String, @Nullable Object> mapping(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        at++;
        for (skip(); peek() != '}'; skip()) {
            String key = peek() == '\'' || peek() == '"' ? quotation() : plain();
            skip();
            if (peek() != ':' || map.containsKey(key)) {
                throw refused();
            }
            at++;
            map.put(key, value(depth + 1));
            separate('}');
        }
        at++;
        return map;
    }

    private void separate(char end) {
        skip();
        if (peek() == ',') {
            at++;
        } else if (peek() != end) {
            throw refused();
        }
    }

    private String quotation() {
        int end = YamlText.quotationEnd(text, at);
        if (end < 0) {
            throw refused();
        }
        String value = YamlText.unquoted(text.substring(at, end + 1)).orElseThrow(this::refused);
        at = end + 1;
        return value;
    }

    private String plain() {
        int from = at;
        while (",]}[{".indexOf(peek()) < 0 && !isColon()) {
            at++;
        }
        String value = text.substring(from, at).strip();
        if (value.isEmpty() || "&*!%@`|>#".indexOf(value.charAt(0)) >= 0 || value.contains(" #")) {
            throw refused();
        }
        return value;
    }

    private boolean isColon() {
        return peek() == ':' && (at + 1 == text.length() || " ,]}".indexOf(text.charAt(at + 1)) >= 0);
    }

    private void skip() {
        while (peek() == ' ') {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw refused();
        }
        return text.charAt(at);
    }

    private ModelFormatException refused() {
        return lines.refused(line, "'" + text + "'", "values in brackets, separated by commas");
    }
}
