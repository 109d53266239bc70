package org.quantvoice.internal.huggingface.nemo;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.error.ModelFormatException;

/** The lines of a YAML document that are not empty, with their indents. For one reader. */
final class YamlLines {
    /**
     * A line.
     *
     * @param number in the file, from 1
     * @param indent number of spaces before its text
     */
    record Line(int number, int indent, String text) {}

    private final String file;
    private final List<Line> lines = new ArrayList<>();
    private int next;

    YamlLines(String file, String document) {
        this.file = file;
        int number = 0;
        for (String line : document.split("\r?\n", -1)) {
            number++;
            String text = line.stripLeading();
            if (text.isEmpty() || text.startsWith("#") || number == 1 && line.equals("---")) {
                continue;
            }
            int indent = line.length() - text.length();
            if (line.substring(0, indent).indexOf('\t') >= 0) {
                throw refused(number, "a tab before the text", "spaces");
            }
            if (line.startsWith("---") || line.startsWith("...") || line.startsWith("%")) {
                throw refused(number, "'" + line + "'", "one document without directives");
            }
            lines.add(new Line(number, indent, text.stripTrailing()));
        }
    }

    boolean atEnd() {
        return next == lines.size();
    }

    /** Returns the next line, without consuming it. */
    Line peek() {
        return lines.get(next);
    }

    Line take() {
        return lines.get(next++);
    }

    /** Returns whether the next line has a larger indent than {@code indent}. */
    boolean goesDeeperThan(int indent) {
        return !atEnd() && peek().indent() > indent;
    }

    /**
     * Removes the first characters of the next line, so that the rest becomes a line with a larger indent in its
     * place.
     */
    void cut(int count) {
        Line line = peek();
        String rest = line.text().substring(count);
        String text = rest.stripLeading();
        int indent = line.indent() + count + rest.length() - text.length();
        lines.set(next, new Line(line.number(), indent, text));
    }

    ModelFormatException refused(int line, String got, String expected) {
        return new ModelFormatException(
                file + ", line " + line + ": " + got,
                expected,
                "write the file anew with OmegaConf or PyYAML in block style");
    }
}
