package org.quantvoice.internal.kernels;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.quantvoice.error.NativeLibraryException;
import org.quantvoice.internal.files.ResourceCache;

/** Says why the system's loader refused a library, and what to do; the loader itself says it in one cryptic line. */
public final class LoadFailure {
    private LoadFailure() {}

    static boolean isOfAnotherLoader(UnsatisfiedLinkError error) {
        return message(error).contains("another classloader");
    }

    private static String message(UnsatisfiedLinkError error) {
        return Objects.toString(error.getMessage(), "");
    }

    static NativeLibraryException diagnose(Path file, UnsatisfiedLinkError error) {
        String message = message(error);
        if (message.contains("GLIBC")) {
            return failure(
                    "a C library older than " + file + " was built for (" + message + ")",
                    "a glibc that has every symbol version that it needs",
                    "update the system, or build the library on it with cppbuild.sh",
                    error);
        }
        if (message.contains("Error relocating") || message.contains("Error loading shared library")) {
            return failure(
                    file + ", which needs what the musl of this system lacks (" + message + ")",
                    "a library of this version, which needs the C library alone, or a system with glibc",
                    "use quantvoice-core and its natives of one version, build the library here with cppbuild.sh, or take an"
                            + " image with glibc; libtorch and FFmpeg of JavaCPP need glibc",
                    error);
        }
        if (isOfAnotherLoader(error)) {
            return failure(
                    file + ", loaded by another class loader already",
                    "one class loader that loads this file",
                    "leave out -D" + NativeLibrary.LIBRARY_PROPERTY
                            + ", or move the QuantVoice jars to a loader that all" + " share",
                    error);
        }
        if (message.contains("Operation not permitted") || message.contains("failed to map segment")) {
            return failure(
                    file + ", from a folder whose files may not be executed (" + message + ")",
                    "a folder on a file system that is not mounted noexec",
                    "choose one with -D" + ResourceCache.DIRECTORY_PROPERTY + "=FOLDER",
                    error);
        }
        if (message.contains("can't load") || message.contains("wrong ELF class")) {
            return failure(
                    file + ", which is for another platform (" + message + ")",
                    "a library for " + NativePlatform.current(),
                    "use the quantvoice-core jar with classifier " + NativePlatform.current(),
                    error);
        }
        return failure(
                file + ", which the system cannot load (" + message + ")",
                "a whole library for " + NativePlatform.current(),
                "delete the file or replace the natives jar",
                error);
    }

    /** No library anywhere. */
    static NativeLibraryException absent(UnsatisfiedLinkError error) {
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

    private static NativeLibraryException failure(
            String got, String expected, String cure, UnsatisfiedLinkError error) {
        return new NativeLibraryException(got, expected, cure, error);
    }
}
