package org.quantvoice.lm;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.quantvoice.error.ModelFormatException;

/** Reads language model files. */
final class LanguageModelFile {
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;
    private static final int STREAM_BUFFER = 1 << 16;

    private static final int MOST_PIPED = 1 << 30;
    private static final long MOST_UNPACKED = 256L << 20;

    private LanguageModelFile() {}

    /** A model as {@link LanguageModel#open(Path)} says. */
    static LanguageModel open(Path file) {
        return open(file, Math.min(MOST_UNPACKED, Runtime.getRuntime().maxMemory() / 8));
    }

    /** A model as {@link LanguageModel#open(Path, long)} says. */
    static LanguageModel open(Path file, long tableBytes) {
        String name = String.valueOf(file.getFileName());
        try {
            if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
                return open(name, once(file), tableBytes);
            }
            if (KenlmHeader.isKenlm(head(file))) {
                return KenlmFile.open(file, tableBytes);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return readArpa(name, in, Files.size(file));
            }
        } catch (NoSuchFileException e) {
            throw new ModelFormatException("no file " + file, "a language model", "correct the path", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** Opens the content of a file; a KenLM model then stays in {@code content}. */
    static LanguageModel open(String name, byte[] content, long tableBytes) {
        try {
            return KenlmHeader.isKenlm(content)
                    ? KenlmFile.open(MappedFile.of(name, content), tableBytes)
                    : readArpa(name, new ByteArrayInputStream(content), content.length);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static ModelFormatException unreadable(String name, IOException e) {
        if (e instanceof EOFException || e instanceof ZipException) {
            return new ModelFormatException(
                    "a gzip file that is cut short or damaged: " + name + " (" + e.getMessage() + ")",
                    "ARPA text packed by gzip",
                    "copy or pack the file again",
                    e);
        }
        return new ModelFormatException(
                "an unreadable file " + name + " (" + e + ")", "a language model", "check path, rights and disk", e);
    }

    private static LanguageModel readArpa(String name, InputStream in, long size) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(in, STREAM_BUFFER);
        raw.mark(2);
        boolean packed = raw.read() == GZIP_MAGIC_0 && raw.read() == GZIP_MAGIC_1;
        raw.reset();
        try (InputStream text = packed ? new GZIPInputStream(raw, STREAM_BUFFER) : raw) {
            return ArpaReader.read(name, text, size);
        }
    }

    /** A pipe, such as the shell's {@code <(...)}, can be read once only, and not mapped. */
    private static byte[] once(Path pipe) throws IOException {
        try (InputStream in = Files.newInputStream(pipe)) {
            byte[] content = in.readNBytes(MOST_PIPED + 1);
            if (content.length > MOST_PIPED) {
                throw new ModelFormatException(
                        "more than " + MOST_PIPED + " bytes from " + pipe + ", which is no file",
                        "a smaller language model, or a file",
                        "write the model to a file first");
            }
            return content;
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(KenlmHeader.MAGIC_PREFIX.length());
        }
    }
}
