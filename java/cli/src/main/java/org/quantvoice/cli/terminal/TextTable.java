package org.quantvoice.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table with columns of text, as wide as they need to be; it can also be written as Markdown. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... titles) {
        rows.add(List.of(titles));
    }

    public void row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "got " + cells.length + " cells; expected " + rows.get(0).size());
        }
        rows.add(List.of(cells));
    }

    public String markdown() {
        List<String> rule = rows.get(0).stream().map(title -> "---").toList();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            out.append(markdown(rows.get(i)));
            out.append(i == 0 ? markdown(rule) : "");
        }
        return out.toString();
    }

    private static String markdown(List<String> cells) {
        return cells.stream().map(c -> " " + c.replace("|", "\\|") + " ").collect(Collectors.joining("|", "|", "|\n"));
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining());
    }

    private static String line(List<String> row, int[] widths) {
        String line = IntStream.range(0, row.size())
                .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                .collect(Collectors.joining("  "));
        return line.stripTrailing() + "\n";
    }
}
