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

/** Writes a file by way of a temporary one in a folder beside it, so that readers see the old content or the new, never a part. */
public final class AtomicFile {
    private static final int MOST_LINKS = 40;
    private static final String CURE = "choose a path in a folder that exists, can be written and has room";

    private AtomicFile() {}

    /** What writes the content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** What fills a file that it is given by path, of the target's own name; the file does not exist yet. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path temporary) throws IOException;
    }

    /** What opens a file that was written, before it takes another's place. */
    @FunctionalInterface
    public interface Check {
        void open(Path written);
    }

    /**
     * Writes, forces to disk, and moves into place. A symbolic link at the target is followed, also one that leads to no file
     * yet. What is no regular file (a device, a pipe) is written to, and stays what it is.
     *
     * @throws OutputException if any step fails; a regular target is then as it was
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
     * The same for content that is opened again before it is moved into place.
     *
     * @throws OutputException if any step fails or the file cannot be opened; a regular target is then as it was
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
     * Opens a temporary file that is to take the place of another.
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
     * The same for code that can only write to a path.
     *
     * @throws OutputException if any step fails; a regular target is then as it was
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
     * Writes two files that belong together: both are whole on disk before the first is moved into place, so that no failure
     * leaves the new one beside the old other. If the first is no regular file, the second is not written.
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
     * Makes the folder that a file will be written to, before the work that makes its content.
     *
     * @throws OutputException if the file could not be written later, as far as that can be known
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

    /** The file at which a path ends, links followed as far as they lead. */
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

    /** A device or a pipe: something that a file must not be put in the place of. */
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
        String message = e.getMessage(); // such as "No space left on device"
        return e.getClass() == IOException.class && message != null ? message : e.toString();
    }
}
