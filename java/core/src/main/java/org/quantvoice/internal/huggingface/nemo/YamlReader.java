package org.quantvoice.internal.huggingface.nemo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.huggingface.nemo.YamlLines.Line;

/**
 * Reads the part of YAML that PyYAML and OmegaConf write: mappings and sequences in blocks, short ones in brackets,
 * plain and quoted texts, which may continue on the next lines, and literal blocks. Anchors, tags, merges, directives
 * and several documents are refused, never guessed.
 */
final class YamlReader {
    private static final int MOST_DEPTH = 48;
    private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
    private static final Pattern REAL = Pattern.compile("[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?");

    private final YamlLines lines;

    private YamlReader(YamlLines lines) {
        this.lines = lines;
    }

    /**
     * Returns the value of a document: maps, lists, texts, numbers ({@code Long}, {@code Double}), truth values and
     * null.
     *
     * @param file name of the file in messages
     * @throws ModelFormatException if the document is not YAML, or has parts that are not supported
     */
    static @Nullable Object read(String file, String document) {
        YamlReader reader = new YamlReader(new YamlLines(file, document));
        if (reader.lines.atEnd()) {
            return null;
        }
        Object value = reader.block(0);
        if (!reader.lines.atEnd()) {
            Line left = reader.lines.peek();
            throw reader.lines.refused(left.number(), "'" + left.text() + "' beside what is above", "one value");
        }
        return value;
    }

    private @Nullable Object block(int depth) {
        Line line = lines.peek();
        if (depth > MOST_DEPTH) {
            throw lines.refused(line.number(), "more than " + MOST_DEPTH + " values in each other", "a configuration");
        }
        if (isItem(line.text())) {
            return sequence(line.indent(), depth);
        }
        return YamlText.keyEnd(line.text()) > 0 ? mapping(line.indent(), depth) : value(line.indent() - 1, depth);
    }

    private static boolean isItem(String text) {
        return text.equals("-") || text.startsWith("- ");
    }

    private List<@Nullable Object> sequence(int indent, int depth) {
        List<@Nullable Object> items = new ArrayList<>();
        while (!lines.atEnd()
                && lines.peek().indent() == indent
                && isItem(lines.peek().text())) {
            if (lines.peek().text().equals("-")) {
                lines.take();
                items.add(lines.goesDeeperThan(indent) ? block(depth + 1) : null);
                continue;
            }
            lines.cut(1);
            String rest = lines.peek().text();
            boolean nested = isItem(rest) || YamlText.keyEnd(rest) > 0;
            items.add(nested ? block(depth + 1) : value(indent, depth));
        }
        requireEnd(indent);
        return items;
    }

    private Map<String, @Nullable Object> mapping(int indent, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (!lines.atEnd()
                && lines.peek().indent() == indent
                && !isItem(lines.peek().text())) {
            Line line = lines.peek();
            int colon = YamlText.keyEnd(line.text());
            if (colon <= 0) {
                throw lines.refused(line.number(), "'" + line.text() + "'", "key: value");
            }
            String raw = line.text().substring(0, colon);
            String key = raw.startsWith("'") || raw.startsWith("\"") ? text(line, raw) : raw;
            if (map.containsKey(key) || key.equals("<<") || key.startsWith("?")) {
                throw lines.refused(line.number(), "the key '" + key + "'", "each key once, and no merges");
            }
            map.put(key, member(line, colon, indent, depth));
        }
        requireEnd(indent);
        return map;
    }

    private @Nullable Object member(Line line, int colon, int indent, int depth) {
        if (!YamlText.withoutRemark(line.text().substring(colon + 1)).isEmpty()) {
            lines.cut(colon + 1);
            return value(indent, depth);
        }
        lines.take();
        boolean items = !lines.atEnd()
                && lines.peek().indent() == indent
                && isItem(lines.peek().text());
        return items || lines.goesDeeperThan(indent) ? block(depth + 1) : null;
    }

    private void requireEnd(int indent) {
        if (lines.goesDeeperThan(indent)) {
            Line line = lines.peek();
            throw lines.refused(line.number(), "'" + line.text() + "', indented further", "what belongs to a key");
        }
    }

    /**
     * Reads a value that begins with the next line's text and continues on lines with a larger indent than {@code
     * indent}.
     */
    private @Nullable Object value(int indent, int depth) {
        Line line = lines.take();
        String text = line.text();
        char first = text.charAt(0);
        if (first == '&' || first == '*' || first == '!' || first == '%' || first == '@' || first == '`') {
            throw lines.refused(line.number(), "'" + text + "'", "values without anchors, aliases and tags");
        }
        if (text.equals("?") || text.startsWith("? ")) {
            throw lines.refused(line.number(), "'" + text + "'", "key: value");
        }
        if (first == '|' || first == '>') {
            return literal(line, indent);
        }
        StringBuilder whole = new StringBuilder(text);
        boolean open = first == '\'' || first == '"' || first == '[' || first == '{';
        while (lines.goesDeeperThan(indent) && (!open || !YamlText.isClosed(whole.toString()))) {
            join(whole, lines.take().text());
        }
        if (first == '[' || first == '{') {
            return new YamlBrackets(lines, line.number(), whole.toString(), MOST_DEPTH - depth).read();
        }
        if (open) {
            return text(line, whole.toString());
        }
        String plain = YamlText.withoutRemark(whole.toString());
        if (YamlText.keyEnd(whole.toString()) >= 0) {
            throw lines.refused(line.number(), "'" + plain + "'", "a key: value in a line of its own");
        }
        return scalar(plain);
    }

    /**
     * Joins a line to a text: a line's end is a space, except behind the backslash with which a double quotation is
     * continued.
     */
    private static void join(StringBuilder whole, String next) {
        int slashes = 0;
        while (slashes < whole.length() && whole.charAt(whole.length() - 1 - slashes) == '\\') {
            slashes++;
        }
        if (slashes % 2 == 1 && YamlText.isInDoubleQuotation(whole.toString())) {
            whole.setLength(whole.length() - 1);
            whole.append(next);
        } else {
            whole.append(' ').append(next);
        }
    }

    /** Reads the lines of a literal block; no setting depends on further indentation and empty lines. */
    private String literal(Line line, int indent) {
        if (!line.text().matches("[|>][-+]?")) {
            throw lines.refused(line.number(), "'" + line.text() + "'", "| or >");
        }
        String between = line.text().startsWith("|") ? "\n" : " ";
        List<String> texts = new ArrayList<>();
        while (lines.goesDeeperThan(indent)) {
            texts.add(lines.take().text());
        }
        return String.join(between, texts);
    }

    private String text(Line line, String quoted) {
        return YamlText.unquoted(quoted).orElseThrow(() -> lines.refused(line.number(), quoted, "a closed quotation"));
    }

    /** Returns the value that a text without quotation stands for. */
    static @Nullable Object scalar(String text) {
        switch (text) {
            case "", "~", "null", "Null", "NULL" -> {
                return null;
            }
            case "true", "True", "TRUE" -> {
                return true;
            }
            case "false", "False", "FALSE" -> {
                return false;
            }
            default -> {
                return WHOLE.matcher(text).matches()
                        ? (Object) Long.parseLong(text)
                        : REAL.matcher(text).matches() ? (Object) Double.parseDouble(text) : text;
            }
        }
    }
}
