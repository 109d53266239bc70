package org.quantvoice.internal.huggingface.nemo;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.error.ModelFormatException;

/** The lines of a YAML document that say something, with how far each is indented. For one reader. */
final class YamlLines {
    /**
     * A line.
     *
     * @param number in the file, from 1
     * @param indent spaces before its text
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

    /** The line that comes next. */
    Line peek() {
        return lines.get(next);
    }

    Line take() {
        return lines.get(next++);
    }

    /** Whether the next line is indented by more than so much. */
    boolean goesDeeperThan(int indent) {
        return !atEnd() && peek().indent() > indent;
    }

    /** Lets what follows the first signs of the next line be a line of its own, in its place. */
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
