package org.quantvoice.torch.archive;

import java.util.List;
import java.util.Set;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.torch.archive.ScriptToken.Kind;

/**
 * Checks which operators and classes a file of TorchScript names. Operators are reached by {@code torch.NAME}, by
 * {@code ops.SPACE.NAME} and as methods of values; since {@code torch} and {@code ops} may not be used in any other
 * way, they cannot get another name.
 */
final class ScriptNames {
    private static final Set<String> REMOTE = Set.of("rpc_async", "rpc_sync", "rpc_remote");
    private static final String CLASSES = "__torch__.torch.classes.";
    private static final List<String> CLASS_SPACES =
            List.of(CLASSES + "quantized.", CLASSES + "rnn.", CLASSES + "xnnpack.");

    private final Part part;
    private final List<ScriptToken> tokens;
    private boolean quantized;

    private ScriptNames(Part part, List<ScriptToken> tokens) {
        this.part = part;
        this.tokens = tokens;
    }

    /**
     * Refuses what no speech model needs.
     *
     * @return whether quantized operators are named
     * @throws ModelFormatException with the line
     */
    static boolean check(Part part, List<ScriptToken> tokens) {
        ScriptNames names = new ScriptNames(part, tokens);
        for (int i = 0; i < tokens.size(); i++) {
            names.check(i);
        }
        return names.quantized;
    }

    /** Returns whether a class is the archive's own, or one of libtorch's classes that hold packed weights. */
    static boolean isAllowedClass(String name) {
        return !(name + ".").startsWith("__torch__.torch.classes.")
                || CLASS_SPACES.stream().anyMatch(space -> name.startsWith(space) && name.length() > space.length());
    }

    private void check(int i) {
        ScriptToken token = tokens.get(i);
        if (token.kind() == Kind.STRING && OperatorNames.refusesMethod(token.text())) {
            throw refused(token, "the text '" + token.text() + "', the name of an operator,");
        }
        if (token.kind() != Kind.NAME) {
            return;
        }
        if (i > 0 && tokens.get(i - 1).is(".")) {
            if (OperatorNames.refusesMethod(token.text())) {
                throw refused(token, "the operator '" + token.text() + "'");
            }
            return;
        }
        if (i > 0 && tokens.get(i - 1).isName("import")) {
            return; // this is an import, where the printer writes the names of other files; libtorch skips it
        }
        switch (token.text()) {
            case "torch" -> requireAllowed(token, OperatorNames.ATEN, behind(i, 1));
            case "ops" -> requireAllowed(token, behind(i, 1), behind(i, 2));
            case "__torch__" -> requireClass(i);
            default -> {
                if (REMOTE.contains(token.text())) {
                    throw refused(token, "a call of " + token.text());
                }
            }
        }
    }

    private void requireAllowed(ScriptToken token, String space, String name) {
        if (!OperatorNames.allows(space, name)) {
            String operator = token.text().equals("torch") ? "torch." + name : "ops." + space + "." + name;
            throw refused(
                    token,
                    name.isEmpty()
                            ? "another use of '" + token.text() + "' than " + token.text() + ".NAME"
                            : "a call of " + operator);
        }
        quantized |= space.equals("quantized");
    }

    private void requireClass(int i) {
        StringBuilder name = new StringBuilder("__torch__");
        for (int n = 1; !behind(i, n).isEmpty(); n++) {
            name.append('.').append(behind(i, n));
        }
        boolean whole = !name.toString().equals("__torch__") && !name.toString().equals("__torch__.torch");
        if (!whole || !isAllowedClass(name.toString())) {
            throw refused(tokens.get(i), "the class " + name);
        }
    }

    /** Returns the n-th name behind a name, joined to it by dots, or an empty string if there is none. */
    private String behind(int i, int n) {
        int at = i + 2 * n;
        boolean joined = at < tokens.size()
                && tokens.get(at - 1).is(".")
                && tokens.get(at).kind() == Kind.NAME;
        return joined ? tokens.get(at).text() : "";
    }

    private ModelFormatException refused(ScriptToken token, String got) {
        return part.refused(
                got + " in line " + token.line(),
                "a model that only computes: operators on tensors, numbers, texts and lists",
                "export the model without it, and load models from sources you trust only");
    }
}
