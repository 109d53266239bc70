package org.quantvoice.house;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the functions of a C++ file by its braces, which is enough to count their lines. */
final class CppFunctions {
    /** Comments, strings, characters (not the marks in 1'000) and lines of the preprocessor hold braces that count for nothing. */
    private static final Pattern NO_CODE = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"(?:\\\\.|[^\"\\\\\\n])*\"|(?<![0-9a-fA-F])'(?:\\\\.|[^'\\\\\\n])'"
                    + "|(?m:^[ \\t]*#(?:[^\\n]*\\\\\\n)*[^\\n]*)",
            Pattern.DOTALL);

    /** What a brace opens that is no function. */
    private static final Pattern SCOPE = Pattern.compile(
            "(^|.*\\)|\\s*template\\s*<[^{]*>)\\s*(namespace|struct|class|enum|union|extern)\\b.*", Pattern.DOTALL);

    /** A function: the line of its brace, counted from 1, and its lines from brace to brace that hold code. */
    record Function(String head, int line, int length) {}

    private record Brace(String head, int line, boolean function) {}

    private final String[] lines;
    private final List<Function> found = new ArrayList<>();
    private final Deque<Brace> open = new ArrayDeque<>();
    private final StringBuilder head = new StringBuilder();
    private int line = 1;

    private CppFunctions(String code) {
        lines = code.split("\n", -1);
        code.chars().forEach(c -> read((char) c));
        if (!open.isEmpty()) {
            throw new IllegalArgumentException("a brace is open at the end: " + open.peek());
        }
    }

    /** The functions of a file, in the order of their ends; a lambda inside a function is a part of it. */
    static List<Function> of(String text) {
        String code = NO_CODE.matcher(text).replaceAll(m -> m.group().replaceAll("[^\\n]", " "));
        return new CppFunctions(code).found;
    }

    private void read(char c) {
        if (c == '{') {
            boolean inside = open.stream().anyMatch(Brace::function);
            boolean function =
                    !inside && head.indexOf("(") >= 0 && !SCOPE.matcher(head).matches();
            open.push(new Brace(head.toString().strip(), line, function));
        } else if (c == '}') {
            close(open.pop());
        } else if (c == '\n') {
            line++;
        }
        if (c == '{' || c == '}' || c == ';') {
            head.setLength(0);
        } else {
            head.append(c);
        }
    }

    private void close(Brace brace) {
        if (brace.function()) {
            int length = 0;
            for (int i = brace.line() - 1; i < line; i++) {
                length += lines[i].isBlank() ? 0 : 1;
            }
            found.add(new Function(brace.head(), brace.line(), length));
        }
    }
}
