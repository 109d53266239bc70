package org.quantvoice.internal.kernels;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.files.ResourceCache;

/**
 * Explains why the system's loader refused a library, and what to do; the loader's own message is one cryptic line.
 */
public final class LoadFailure {
    /**
     * A reason for a refusal, recognised by the words of the loaders of glibc, musl, macOS and Windows and of JVMs;
     * the first that fits counts.
     *
     * @param words a part of the loader's message
     * @param got text of what was found, with places for the file and the message
     */
    private record Reason(Pattern words, String got, String expected, String cure) {
        Reason(String words, String got, String expected, String cure) {
            this(Pattern.compile(words), got, expected, cure);
        }
    }

    private static final List<Reason> REASONS = List.of(
            new Reason(
                    "GLIBC_[0-9.]+' not found",
                    "a C library older than %s was built for (%s)",
                    "a glibc that has every symbol version that it needs",
                    "update the system, or build the library on it with cppbuild.sh"),
            new Reason(
                    "another classloader",
                    "%s, loaded by another class loader already (%s)",
                    "one class loader that loads this file",
                    "leave out -D" + NativeLibrary.LIBRARY_PROPERTY
                            + ", or move the QuantVoice jars to a loader that all share"),
            new Reason(
                    "[Cc]an't load |Possible cause: |wrong ELF class|incompatible architecture",
                    "%s, which is for another platform (%s)",
                    "a library for " + NativePlatform.current(),
                    "use the quantvoice-core jar with classifier " + NativePlatform.current()),
            new Reason(
                    "Error relocating|\\(needed by|cannot open shared object|undefined symbol|Library not loaded|dependent libraries",
                    "%s, which needs what this system lacks (%s)",
                    "a library of this version, which needs the C library alone",
                    "use quantvoice-core and its natives of one version, or build the library here with cppbuild.sh; libtorch and"
                            + " FFmpeg of JavaCPP need glibc, which musl is not: take an image with glibc for them"),
            new Reason(
                    "Operation not permitted|failed to map segment",
                    "%s, from a folder whose files may not be executed (%s)",
                    "a folder on a file system that is not mounted noexec",
                    "choose one with -D" + ResourceCache.DIRECTORY_PROPERTY + "=FOLDER"),
            new Reason(
                    "code signature",
                    "%s, whose signature macOS refuses (%s)",
                    "the file as it is in the natives jar, which is signed ad hoc",
                    "replace the file, or sign it again with codesign -s - FILE"));

    private LoadFailure() {}

    static boolean isOfAnotherLoader(UnsatisfiedLinkError error) {
        return message(error).contains("another classloader");
    }

    private static String message(UnsatisfiedLinkError error) {
        return Objects.toString(error.getMessage(), "");
    }

    static EngineException diagnose(Path file, UnsatisfiedLinkError error) {
        String message = message(error);
        for (Reason reason : REASONS) {
            if (reason.words.matcher(message).find()) {
                return failure(reason.got.formatted(file, message), reason.expected, reason.cure, error);
            }
        }
        return failure(
                file + ", which the system cannot load (" + message + ")",
                "a whole library for " + NativePlatform.current(),
                "delete the file or replace the natives jar",
                error);
    }

    /** Returns the exception for a library that was found nowhere. */
    static EngineException absent(UnsatisfiedLinkError error) {
        String platform = NativePlatform.current();
        List<String> others = NativePlatform.present();
        return failure(
                "no native library for " + platform
                        + (others.isEmpty() ? "" : ", only for " + String.join(", ", others)),
                "one on the class path, in a resolved module, or in java.library.path",
                "add the quantvoice-core jar with classifier " + platform + " (on a module path also --add-modules"
                        + " org.quantvoice.core." + platform.replace('-', '.') + "), or set -D"
                        + NativeLibrary.LIBRARY_PROPERTY,
                error);
    }

    private static EngineException failure(String got, String expected, String cure, UnsatisfiedLinkError error) {
        return new EngineException(got, expected, cure, error);
    }
}
