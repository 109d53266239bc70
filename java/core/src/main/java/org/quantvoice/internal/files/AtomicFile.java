package org.quantvoice.internal.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.quantvoice.error.OutputException;
import org.quantvoice.error.QuantVoiceException;

/**
 * Writes a file through a temporary one in a folder beside it, so that readers see the old content or the new one,
 * never a part.
 */
public final class AtomicFile {
    private static final int MOST_LINKS = 40;
    private static final String CURE = "choose a path in a folder that exists, can be written and has room";

    private AtomicFile() {}

    /** Writes the content of a file to a stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes the content of a file to a path, which has the target's name and does not exist yet. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path temporary) throws IOException;
    }

    /** Opens a file that was written, to check it before it replaces another one. */
    @FunctionalInterface
    public interface Check {
        void open(Path written);
    }

    /**
     * Writes the content, forces it to disk, and moves it into place. A symbolic link at the target is followed, even
     * if it leads to no file yet. A target that is no regular file (a device, a pipe) is written to and not replaced.
     *
     * @throws OutputException if any step fails; a regular target is then unchanged
     */
    public static void write(Path target, Content content) {
        Path real = resolve(target);
        if (isSpecial(real)) {
            writeInto(target, real, content);
            return;
        }
        replace(target, temporary -> {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW))) {
                content.writeTo(out);
            }
        });
    }

    /**
     * Writes the content like {@link #write(Path, Content)}, and opens the file as a check before it is moved into
     * place.
     *
     * @throws OutputException if any step fails or the file cannot be opened; a regular target is then unchanged
     */
    public static void write(Path target, Content content, Check check) {
        replace(target, temporary -> {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW))) {
                content.writeTo(out);
            }
            requireOpens(target, temporary, check);
        });
    }

    /**
     * Opens a temporary file that is to replace another one.
     *
     * @throws OutputException if it cannot be opened
     */
    public static void requireOpens(Path target, Path temporary, Check check) {
        try {
            check.open(temporary);
        } catch (QuantVoiceException e) {
            throw new OutputException(
                    target + ", which could not be opened again as it was written (" + e.got() + ")",
                    "a file that opens; what stood there before is left as it was",
                    "write to another disk; if that fails too, report it with the model",
                    e);
        }
    }

    /**
     * Writes a file like {@link #write(Path, Content)} by code that can only write to a path.
     *
     * @throws OutputException if any step fails; a regular target is then unchanged
     */
    public static void replace(Path target, Filler filler) {
        Path real = resolve(target);
        if (isSpecial(real)) {
            copyInto(target, real, filler);
            return;
        }
        try (Replacement replacement = new Replacement(target, real)) {
            replacement.fill(filler);
            replacement.moveIntoPlace();
        }
    }

    /**
     * Writes two files that belong together: both are complete on disk before the first is moved into place, so that
     * no failure of writing leaves a new file beside an old one. If the first is no regular file, the second is not
     * written.
     *
     * @throws OutputException if any step fails
     */
    public static void replaceBoth(Path first, Filler filler, Path second, Content content) {
        Path real = resolve(first);
        if (isSpecial(real)) {
            copyInto(first, real, filler);
            return;
        }
        try (Replacement one = new Replacement(first, real);
                Replacement other = new Replacement(second, resolve(second))) {
            one.fill(filler);
            other.fill(temporary -> {
                try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
                    content.writeTo(out);
                }
            });
            one.moveIntoPlace();
            other.moveIntoPlace();
        }
    }

    /**
     * Makes the folder of a file before the work that computes the file's content.
     *
     * @throws OutputException if it is known already that the file could not be written
     */
    public static void prepare(Path target) {
        Path real = resolve(target);
        if (!isSpecial(real)) {
            Path folder = real.getParent();
            if (folder != null) {
                Folders.make(folder);
            }
            requireWritable(target, real);
        }
    }

    /** Returns the file to which a path leads; links are followed as far as they lead. */
    private static Path resolve(Path target) {
        Path at = target.toAbsolutePath();
        try {
            if (Files.exists(at)) {
                return at.toRealPath();
            }
            for (int links = 0; Files.isSymbolicLink(at); links++) {
                if (links == MOST_LINKS) {
                    throw new FileSystemException(target.toString(), null, "links that lead in a circle");
                }
                at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
            }
            return at;
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /** Returns whether a target is a device or a pipe, which a file must not replace. */
    private static boolean isSpecial(Path real) {
        return Files.exists(real) && !Files.isRegularFile(real) && !Files.isDirectory(real);
    }

    private static void writeInto(Path target, Path special, Content content) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(special, StandardOpenOption.WRITE))) {
            content.writeTo(out);
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    private static void copyInto(Path target, Path special, Filler filler) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("quantvoice-");
            Path whole = folder.resolve(special.getFileName());
            filler.fill(whole);
            writeInto(target, special, out -> Files.copy(whole, out));
        } catch (IOException e) {
            throw failed(target, e);
        } finally {
            if (folder != null) {
                Folders.delete(folder);
            }
        }
    }

    static void requireWritable(Path target, Path real) {
        if (Files.isDirectory(real)) {
            throw new OutputException(target + ", which is a folder", "the path of a file", "add a file name");
        }
        if (Files.exists(real) && !Files.isWritable(real)) {
            throw new OutputException(target + ", which is write-protected", "a path to write", CURE);
        }
    }

    static OutputException failed(Path target, IOException e) {
        return new OutputException(
                target + ", which cannot be written (" + reason(e) + ")", "a path to write", CURE, e);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e.getMessage(); // a message such as "No space left on device"
        return e.getClass() == IOException.class && message != null ? message : e.toString();
    }
}
