package org.quantvoice.torch.archive;

/**
 * A token of TorchScript.
 *
 * @param kind what it is
 * @param text as it is written, or the decoded content of a string literal
 * @param line counted from 1
 * @param indent columns before the token if it is the first of a line outside of brackets, else -1
 */
record ScriptToken(Kind kind, String text, int line, int indent) {
    /** Kinds of tokens. */
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        SIGN,
        END
    }

    boolean is(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
