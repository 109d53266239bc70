package org.quantvoice.torch.operators;

/**
 * Names the attributes that hold packed parameters in a frozen model, which has no modules below it. A name is the path
 * of the module that the parameters come from, with {@code __} for each dot.
 */
public final class PackedNames {
    private static final String SUFFIX = "_packed";

    private PackedNames() {}

    /** Returns the name of the attribute for a module's parameters. */
    public static String attribute(String modulePath) {
        return modulePath.replace(".", "__").replaceAll("[^A-Za-z0-9_]", "_") + SUFFIX;
    }

    /**
     * Returns the module's path, or an empty string if another program named the attribute. The names of a module's
     * further attributes end in underscores.
     */
    static String module(String attribute) {
        int end = attribute.length();
        while (end > 0 && attribute.charAt(end - 1) == '_') {
            end--;
        }
        if (!attribute.substring(0, end).endsWith(SUFFIX)) {
            return "";
        }
        return attribute.substring(0, end - SUFFIX.length()).replace("__", ".");
    }
}
