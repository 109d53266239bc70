package org.quantvoice.lm;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.quantvoice.error.LanguageModelException;

/** Opens language model files. */
public final class LanguageModels {
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;
    private static final int STREAM_BUFFER = 1 << 16;

    private LanguageModels() {}

    /**
     * Opens an n-gram model of order 1 to 6: ARPA text, plain or packed by gzip, which is read into memory, or a KenLM binary
     * file (probing, or trie with or without quantization and compressed pointers), which is mapped. The first bytes decide,
     * not the name.
     *
     * @throws LanguageModelException if the file cannot be read or is damaged; the message says where (line or byte)
     */
    public static LanguageModel open(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            byte[] head = head(file);
            if (KenlmHeader.isKenlm(head)) {
                return KenlmFile.open(file);
            }
            return openArpa(file, name, head);
        } catch (NoSuchFileException e) {
            throw new LanguageModelException("no file " + file, "a language model", "correct the path", e);
        } catch (EOFException | ZipException e) {
            throw new LanguageModelException(
                    "a gzip file that is cut short or damaged: " + name + " (" + e.getMessage() + ")",
                    "ARPA text packed by gzip",
                    "copy or pack the file again",
                    e);
        } catch (IOException e) {
            throw new LanguageModelException(
                    "an unreadable file " + file + " (" + e + ")",
                    "a language model",
                    "check path, rights and disk",
                    e);
        }
    }

    private static LanguageModel openArpa(Path file, String name, byte[] head) throws IOException {
        boolean packed = head.length > 1 && (head[0] & 0xff) == GZIP_MAGIC_0 && (head[1] & 0xff) == GZIP_MAGIC_1;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), STREAM_BUFFER);
                InputStream text = packed ? new GZIPInputStream(raw, STREAM_BUFFER) : raw) {
            return ArpaReader.read(name, text, Files.size(file));
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(KenlmHeader.MAGIC_PREFIX.length());
        }
    }
}
