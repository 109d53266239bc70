package org.quantvoice.internal.json;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of a JSON text and their positions. */
public final class JsonScanner {
    private static final int MAX_NUMBER = 400;

    /** Number of digits up to which a number without an exponent is within the range of a double. */
    private static final int SURELY_FINITE = 300;

    private final String text;
    private int at;

    JsonScanner(String text) {
        this.text = text;
    }

    int position() {
        return at;
    }

    void skip() {
        at++;
    }

    /** Returns the first character of the next token without consuming it. */
    char peekToken() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            throw error(at, "the end of the text", "a value or a closing bracket");
        }
        return text.charAt(at);
    }

    void expect(char wanted) {
        char c = peekToken();
        if (c != wanted) {
            throw error(at, show(c), "'" + wanted + "'");
        }
        at++;
    }

    void expectKey() {
        char c = peekToken();
        if (c != '"') {
            throw error(at, show(c), "a key in double quotes");
        }
    }

    boolean tryClose(char bracket) {
        boolean closes = peekToken() == bracket;
        if (closes) {
            at++;
        }
        return closes;
    }

    /** Reads the character behind an element; returns true for a comma and false for the closing bracket. */
    boolean comma(char bracket) {
        char c = peekToken();
        if (c != ',' && c != bracket) {
            throw error(at, show(c), "',' or '" + bracket + "'");
        }
        at++;
        return c == ',';
    }

    void expectEnd() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        if (at < text.length()) {
            throw error(at, show(text.charAt(at)) + " after the value", "the end of the text");
        }
    }

    @Nullable
    Object literal(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw error(at, show(text.charAt(at)), "a value");
        }
        at += word.length();
        return value;
    }

    JsonNumber number() {
        int start = at;
        if (current() == '-') {
            at++;
        }
        if (current() == '0') {
            at++;
        } else {
            digits(start);
        }
        if (current() == '.') {
            at++;
            digits(start);
        }
        boolean exponent = current() == 'e' || current() == 'E';
        if (exponent) {
            at++;
            if (current() == '+' || current() == '-') {
                at++;
            }
            digits(start);
        }
        return checked(start, exponent);
    }

    private JsonNumber checked(int start, boolean exponent) {
        // The limit is longer than any double written out in full, and keeps texts from making the number parser
        // slow.
        if (at - start > MAX_NUMBER) {
            throw error(start, "a number of " + (at - start) + " characters", "at most " + MAX_NUMBER);
        }
        JsonNumber number = new JsonNumber(text.substring(start, at));
        if ((exponent || at - start > SURELY_FINITE) && Double.isInfinite(number.toDouble())) {
            throw error(start, "the number " + number, "a number that fits a double");
        }
        return number;
    }

    private void digits(int start) {
        int from = at;
        while (isDigit(current())) {
            at++;
        }
        if (at == from) {
            throw error(at, at < text.length() ? show(text.charAt(at)) : "the end", at > start ? "a digit" : "a value");
        }
    }

    String string() {
        int end = plainEnd(at + 1);
        if (end < text.length() && text.charAt(end) == '"') {
            String plain = text.substring(at + 1, end);
            at = end + 1;
            return plain;
        }
        return decoded();
    }

    /** Returns the end of a run of unescaped characters; most strings are one such run. */
    private int plainEnd(int from) {
        int end = from;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                break;
            }
            end++;
        }
        return end;
    }

    private String decoded() {
        int open = at++;
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            int plain = plainEnd(at);
            if (plain > at) {
                checkSurrogate(out, text.charAt(at), at);
                out.append(text, at, plain);
                at = plain;
                continue;
            }
            char c = text.charAt(at);
            if (c < ' ') {
                throw error(at, show(c) + " in a string", "an escape such as \\n");
            }
            int start = at++;
            char decoded = c == '\\' ? escape() : c;
            checkSurrogate(out, decoded, start);
            out.append(decoded);
        }
        if (at >= text.length()) {
            throw error(open, "a string without an end", "a closing double quote");
        }
        checkSurrogate(out, '"', at);
        at++;
        return out.toString();
    }

    /** Checks that a high surrogate is followed by a low one, and that a low one follows a high one. */
    private void checkSurrogate(StringBuilder before, char next, int start) {
        boolean open = before.length() > 0 && Character.isHighSurrogate(before.charAt(before.length() - 1));
        if (open != Character.isLowSurrogate(next)) {
            throw error(start, "half of a surrogate pair", "whole characters");
        }
    }

    private char escape() {
        char c = current();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex();
            default -> throw error(at - 2, "the escape \\" + c, "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
        };
    }

    private char hex() {
        int code = 0;
        for (int i = 0; i < 4; i++, at++) {
            char c = current();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw error(at, "a broken \\u escape", "four hexadecimal digits");
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    /** Returns the current character; NUL at the end, which no rule of the grammar accepts. */
    private char current() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    JsonException error(int position, String got, String expected) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < Math.min(position, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new JsonException(got + " at " + line + ":" + (position - lineStart + 1), expected);
    }

    private static String show(char c) {
        return c > ' ' && c < 127 ? "'" + c + "'" : String.format(Locale.ROOT, "U+%04X", (int) c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
