package org.quantvoice.internal.huggingface.nemo;

import java.util.Optional;

/** Finds quotations, comments and brackets in the text of YAML. */
final class YamlText {
    private static final String ESCAPES = "0abtnvfre \"/\\N_LP";
    private static final String ESCAPED = "\0\u0007\b\t\n\u000b\f\r\u001b \"/\\\u0085\u00a0\u2028\u2029";

    private YamlText() {}

    /** Returns the position of the colon behind the key of a line; -1 if the line is no {@code key: value}. */
    static int keyEnd(String text) {
        int from = 0;
        char first = text.charAt(0);
        if (first == '[' || first == '{' || first == '|' || first == '>' || first == '&' || first == '*') {
            return -1;
        }
        if (first == '\'' || first == '"') {
            from = quotationEnd(text, 0) + 1;
            return from > 0 && from < text.length() && text.charAt(from) == ':' && isEnd(text, from + 1) ? from : -1;
        }
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == ':' && isEnd(text, at + 1)) {
                return at;
            }
            if (text.charAt(at) == '#' && at > 0 && text.charAt(at - 1) == ' ') {
                return -1;
            }
        }
        return -1;
    }

    private static boolean isEnd(String text, int at) {
        return at == text.length() || text.charAt(at) == ' ';
    }

    /** Returns the position at which the quotation that begins at {@code from} ends; -1 if it does not end. */
    static int quotationEnd(String text, int from) {
        char quote = text.charAt(from);
        for (int at = from + 1; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && quote == '"') {
                at++;
            } else if (c == quote) {
                boolean doubled = quote == '\'' && at + 1 < text.length() && text.charAt(at + 1) == quote;
                if (!doubled) {
                    return at;
                }
                at++;
            }
        }
        return -1;
    }

    /** Returns a text without its comment, which begins with a space and {@code #}. */
    static String withoutRemark(String text) {
        String stripped = text.strip();
        int remark = stripped.startsWith("#") ? 0 : stripped.indexOf(" #");
        return remark < 0 ? stripped : stripped.substring(0, remark).strip();
    }

    /** Returns whether the quotation or bracket at the beginning of a text ends in the text. */
    static boolean isClosed(String text) {
        char first = text.charAt(0);
        if (first == '\'' || first == '"') {
            return quotationEnd(text, 0) >= 0;
        }
        int open = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (beginsQuotation(text, at)) {
                int end = quotationEnd(text, at);
                if (end < 0) {
                    return false;
                }
                at = end;
            } else if (c == '[' || c == '{') {
                open++;
            } else if (c == ']' || c == '}') {
                open--;
            }
            if (open == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean beginsQuotation(String text, int at) {
        char c = text.charAt(at);
        return (c == '\'' || c == '"') && (at == 0 || " ,[{:".indexOf(text.charAt(at - 1)) >= 0);
    }

    /** Returns whether a text that begins with a quotation or bracket ends inside a double quotation. */
    static boolean isInDoubleQuotation(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (beginsQuotation(text, at)) {
                int end = quotationEnd(text, at);
                if (end < 0) {
                    return text.charAt(at) == '"';
                }
                at = end;
            }
        }
        return false;
    }

    /**
     * Returns the text of a quotation that is followed by a comment at most; empty if the text is no such quotation.
     */
    static Optional<String> unquoted(String text) {
        int end = quotationEnd(text, 0);
        if (end < 0 || !withoutRemark(text.substring(end + 1)).isEmpty()) {
            return Optional.empty();
        }
        String inside = text.substring(1, end);
        return text.charAt(0) == '\'' ? Optional.of(inside.replace("''", "'")) : unescaped(inside);
    }

    private static Optional<String> unescaped(String inside) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < inside.length(); at++) {
            char c = inside.charAt(at);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            at++;
            int digits = at == inside.length() ? -1 : "x u   U".indexOf(inside.charAt(at)) + 2;
            int simple = at == inside.length() ? -1 : ESCAPES.indexOf(inside.charAt(at));
            if (simple >= 0) {
                out.append(ESCAPED.charAt(simple));
            } else if (digits >= 2 && at + digits < inside.length()) {
                String hex = inside.substring(at + 1, at + 1 + digits);
                if (!hex.matches("[0-9a-fA-F]+") || !Character.isValidCodePoint((int) Long.parseLong(hex, 16))) {
                    return Optional.empty();
                }
                out.appendCodePoint(Integer.parseInt(hex, 16));
                at += digits;
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(out.toString());
    }
}
