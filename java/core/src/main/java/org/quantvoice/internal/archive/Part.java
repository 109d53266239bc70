package org.quantvoice.internal.archive;

import java.nio.file.Path;
import org.quantvoice.error.ModelFormatException;

/**
 * A part of an archive, for messages.
 *
 * @param archive the file
 * @param name of the part in the zip
 */
public record Part(Path archive, String name) {
    private static final String EXPORT = "export the model again, and load models from sources you trust only";

    /** Returns the exception that refuses this part. */
    public ModelFormatException refused(String got, String expected) {
        return refused(got, expected, EXPORT);
    }

    /** Returns the exception that refuses this part, with a cure. */
    public ModelFormatException refused(String got, String expected, String cure) {
        return new ModelFormatException(got + " in " + name + " of " + archive, expected, cure);
    }

    public static String printable(String name) {
        String cut = name.length() > 100 ? name.substring(0, 100) + "..." : name;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
