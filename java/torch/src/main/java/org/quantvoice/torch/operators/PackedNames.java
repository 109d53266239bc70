package org.quantvoice.torch.operators;

/**
 * Names of the attributes that hold packed parameters in a frozen model, whose only module is the model itself: the path
 * of the module that they come from, with {@code __} for each dot.
 */
public final class PackedNames {
    private static final String SUFFIX = "_packed";

    private PackedNames() {}

    /** The attribute for a module's parameters. */
    public static String attribute(String modulePath) {
        return modulePath.replace(".", "__").replaceAll("[^A-Za-z0-9_]", "_") + SUFFIX;
    }

    /** The module's path; empty if the attribute was named by somebody else. Further ones of a module end in underscores. */
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
