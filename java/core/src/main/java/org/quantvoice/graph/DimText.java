package org.quantvoice.graph;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quantvoice.error.ModelFormatException;

/** Reads the text form of a {@link Dim}: {@code 2*B*T + floor(T + 240, 320) - 1}. */
final class DimText {

    private static final int MAX_DEPTH = 64;
    private static final int MAX_DIGITS = 18;

    private final String text;
    private int at;
    private int depth;

    DimText(String text) {
        this.text = text;
    }

    static String print(TreeMap<List<DimAtom>, Long> terms) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<List<DimAtom>, Long> term : terms.entrySet()) {
            long factor = term.getValue();
            if (out.length() > 0) {
                out.append(factor < 0 ? " - " : " + ");
            } else if (factor < 0) {
                out.append('-');
            }
            String size = Long.toString(factor).replace("-", "");
            String product = term.getKey().stream().map(Object::toString).collect(Collectors.joining("*"));
            out.append(product.isEmpty() ? size : size.equals("1") ? product : size + "*" + product);
        }
        return out.length() == 0 ? "0" : out.toString();
    }

    Dim parse() {
        Dim result = sum();
        skipSpace();
        if (at != text.length()) {
            throw broken("the end");
        }
        return result;
    }

    private Dim sum() {
        if (++depth > MAX_DEPTH) {
            throw broken("at most " + MAX_DEPTH + " nested expressions");
        }
        boolean negative = accept('-');
        Dim result = negative ? product().times(-1) : product();
        while (true) {
            if (accept('+')) {
                result = result.plus(product());
            } else if (accept('-')) {
                result = result.minus(product());
            } else {
                depth--;
                return result;
            }
        }
    }

    private Dim product() {
        Dim result = factor();
        while (accept('*')) {
            result = result.times(factor());
        }
        return result;
    }

    private Dim factor() {
        skipSpace();
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        String word = text.substring(start, at);
        if (isNumber(word)) {
            return Dim.of(Long.parseLong(word));
        }
        if (word.equals("floor") || word.equals("max")) {
            return call(word);
        }
        if (!isSymbol(word)) {
            throw broken("a number, a symbol, floor(..) or max(..)");
        }
        return Dim.symbol(word);
    }

    /** Returns whether a word is a number of up to 18 digits, which fits a long. */
    private static boolean isNumber(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!isDigit(word.charAt(i))) {
                return false;
            }
        }
        return !word.isEmpty() && word.length() <= MAX_DIGITS;
    }

    private static boolean isSymbol(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_';
            if (!letter && (i == 0 || !isDigit(c))) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Dim call(String name) {
        expect('(');
        Dim left = sum();
        expect(',');
        Dim right = sum();
        expect(')');
        if (name.equals("max")) {
            return left.max(right);
        }
        if (right.is(0)) {
            throw broken("a divisor other than 0");
        }
        return left.floorDiv(right);
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw broken("'" + c + "'");
        }
    }

    private boolean accept(char c) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private ModelFormatException broken(String expected) {
        return new ModelFormatException(
                "size expression '" + text + "', broken at position " + at, expected, "write the model again");
    }
}
