package org.quantvoice.torch.values;

import org.quantvoice.error.UnsupportedOperatorException;

/** Makes the exceptions for operators and values that the graph cannot express. */
public final class Refusal {

    private static final String CURE = "run this model on the LIBTORCH engine, or export it without this";

    private Refusal() {}

    public static UnsupportedOperatorException operator(String kind, String path, String detail) {
        return new UnsupportedOperatorException(got(kind, path, detail), "an operator of the graph", CURE);
    }

    public static UnsupportedOperatorException operator(String kind, String path, String detail, Throwable cause) {
        return new UnsupportedOperatorException(got(kind, path, detail), "an operator of the graph", CURE, cause);
    }

    private static String got(String kind, String path, String detail) {
        String module = path.isEmpty() ? "the top module" : "module " + path;
        return "operator " + kind + " in " + module + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}
