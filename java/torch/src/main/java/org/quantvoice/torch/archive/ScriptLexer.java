package org.quantvoice.torch.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.torch.archive.ScriptToken.Kind;

/**
 * Cuts TorchScript code into the tokens that libtorch's lexer makes of it ({@code torch/csrc/jit/frontend/lexer.h}).
 * Code that the two lexers could cut differently is refused; no exporter writes it.
 */
final class ScriptLexer {
    private static final Pattern NUMBER = Pattern.compile("(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?j?");
    private static final String TYPE_COMMENT = "# type:";
    private static final String SIGNS = "+-*/%@&|^~<>=!:,;.()[]{}$?";
    private static final int RADIX_OCTAL = 8;
    private static final int RADIX_HEX = 16;

    private final Part part;
    private final String code;
    private final List<ScriptToken> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int open;
    private int indent;

    private ScriptLexer(Part part, String code) {
        this.part = part;
        this.code = code;
    }

    /**
     * Returns all tokens, the last of which is the end. String literals that follow each other become one token, as
     * libtorch joins them.
     */
    static List<ScriptToken> tokens(Part part, String code) {
        ScriptLexer lexer = new ScriptLexer(part, code);
        while (lexer.skip()) {
            lexer.token();
        }
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    /** Moves to the next token; returns false at the end of the code. */
    private boolean skip() {
        while (at < code.length()) {
            char c = code.charAt(at);
            if (c == '\n') {
                line++;
                at++;
                indent = open > 0 ? -1 : 0;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
                indent += indent >= 0 ? 1 : 0;
            } else if (c == '\\' && code.startsWith("\n", at + 1)) {
                line++;
                at += 2;
            } else if (c == '#' && !code.startsWith(TYPE_COMMENT, at)) {
                at = Math.max(code.indexOf('\n', at), -1);
                at = at < 0 ? code.length() : at;
            } else {
                return true;
            }
        }
        return false;
    }

    private void token() {
        char c = code.charAt(at);
        if (c == '#') {
            at += TYPE_COMMENT.length(); // libtorch reads what follows a type comment as code
        } else if (isNameStart(c)) {
            name();
        } else if (isDigit(c) || (c == '.' && at + 1 < code.length() && isDigit(code.charAt(at + 1)))) {
            number();
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (code.startsWith("...", at)) {
            sign("...");
        } else if (code.startsWith("->", at) || code.startsWith("==", at)) {
            sign(code.substring(at, at + 2));
        } else if (SIGNS.indexOf(c) >= 0) {
            open += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            open = Math.max(open, 0);
            sign(String.valueOf(c));
        } else {
            throw refused(String.format(java.util.Locale.ROOT, "the character U+%04X", (int) c));
        }
    }

    private void sign(String text) {
        at += text.length();
        add(Kind.SIGN, text);
    }

    private void name() {
        int start = at;
        while (at < code.length() && isNamePart(code.charAt(at))) {
            at++;
        }
        String name = code.substring(start, at);
        if (name.equals("not")) {
            pair(" in");
        } else if (name.equals("is")) {
            pair(" not");
        }
        add(Kind.NAME, name);
    }

    /**
     * Reads "not in" and "is not" as one token as libtorch does, even if a longer word follows: "not inner" is "not in"
     * and "ner".
     */
    private void pair(String second) {
        int end = at + second.length();
        if (code.startsWith(second, at) && end < code.length() && isNamePart(code.charAt(end))) {
            throw refused("a word that starts with '" + second.strip() + "' where libtorch cuts it in two");
        }
    }

    private void number() {
        Matcher number = NUMBER.matcher(code).region(at, code.length());
        if (!number.lookingAt() || (number.end() < code.length() && isNamePart(code.charAt(number.end())))) {
            throw refused("a number and a name without space between");
        }
        at = number.end();
        add(Kind.NUMBER, number.group());
    }

    private void string(char quote) {
        String three = String.valueOf(quote).repeat(3);
        String end = code.startsWith(three, at) ? three : String.valueOf(quote);
        int start = at + end.length();
        int close = start;
        while (close < code.length() && !code.startsWith(end, close)) {
            if (code.charAt(close) == '\n') {
                if (end.length() == 1) {
                    throw refused("a string that its line does not end");
                }
                line++;
            }
            close += code.charAt(close) == '\\' ? 2 : 1;
        }
        if (close >= code.length()) {
            throw refused("a string without end");
        }
        at = close + end.length();
        String meaning = unescape(code.substring(start, close));
        int last = tokens.size() - 1;
        if (last >= 0 && tokens.get(last).kind() == Kind.STRING) {
            ScriptToken before = tokens.remove(last);
            tokens.add(new ScriptToken(Kind.STRING, before.text() + meaning, before.line(), before.indent()));
        } else {
            add(Kind.STRING, meaning);
        }
    }

    /**
     * Returns the text of a literal with the escapes that libtorch knows decoded. Any other escape stands for the
     * character after its backslash.
     */
    private String unescape(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder meaning = new StringBuilder();
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c != '\\' || i + 1 == literal.length()) {
                meaning.append(c);
                continue;
            }
            char escape = literal.charAt(++i);
            int digits = escape == 'x' ? 2 : isDigit(escape) ? 3 : 0;
            if (digits == 0) {
                meaning.append(escape == 'n' ? '\n' : escape == 't' ? '\t' : escape);
                continue;
            }
            int from = escape == 'x' ? i + 1 : i;
            int until = Math.min(from + digits, literal.length());
            try {
                meaning.append((char)
                        Integer.parseInt(literal.substring(from, until), escape == 'x' ? RADIX_HEX : RADIX_OCTAL));
            } catch (NumberFormatException e) {
                throw refused("a string with an escape of its own");
            }
            i = until - 1;
        }
        return meaning.toString();
    }

    private void add(Kind kind, String text) {
        tokens.add(new ScriptToken(kind, text, line, indent));
        indent = -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c);
    }

    private ModelFormatException refused(String got) {
        return part.refused(got + " in line " + line, "TorchScript as torch.jit.save writes it");
    }
}
