package org.quantvoice.torch.archive;

/**
 * A token of TorchScript.
 *
 * @param kind what it is
 * @param text as it is written; of a string literal what it means
 * @param line counted from 1
 * @param indent columns before the first token of a line that is not inside of brackets; else -1
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
