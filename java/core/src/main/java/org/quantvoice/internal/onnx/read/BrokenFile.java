package org.quantvoice.internal.onnx.read;

import org.quantvoice.error.ModelFormatException;

/** Makes the exceptions that readers throw if bytes are no ONNX file. */
final class BrokenFile {
    private BrokenFile() {}

    static ModelFormatException at(long position, String what) {
        return of(what + ", at byte " + position);
    }

    static ModelFormatException of(String what) {
        return new ModelFormatException(
                "an ONNX file with " + what, "a whole ONNX file", "export or download the file again");
    }
}
