package org.quantvoice.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.quantvoice.error.AudioFormatException;

/**
 * Reads audio files: WAV (RIFF and RF64; PCM of 8, 16, 24 or 32 bits, IEEE float of 32 or 64 bits) and FLAC (all of
 * RFC 9639, 4 to 32 bits). The format is judged by the first bytes, not by the name. The result has the file's own rate and
 * one channel, the mean of all.
 *
 * <p>Every method throws {@link AudioFormatException}, with the file's name, when the file is missing, of another format,
 * truncated, damaged, empty, or holds samples that are not finite.
 */
public final class AudioFiles {
    static final String CONVERT = "convert the file to 16-bit WAV or to FLAC";

    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;
    private static final int ID3_HEADER = 10;
    private static final int ID3_FOOTER_FLAG = 0x10;

    private AudioFiles() {}

    public static Audio read(Path file) {
        String name = file.toString();
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw tooLarge(name, size + " bytes");
            }
            return read(Files.readAllBytes(file), name);
        } catch (NoSuchFileException e) {
            throw new AudioFormatException("no file " + name, "an audio file", "check the path", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        } catch (OutOfMemoryError e) { // a refused array leaves the heap as it was, so this one is safe to catch
            throw tooLarge(name, "more bytes than the Java heap holds");
        }
    }

    /**
     * Reads to the end of the stream and leaves it open.
     *
     * @param name what error messages call the input
     */
    public static Audio read(InputStream stream, String name) {
        Objects.requireNonNull(name, "name");
        try {
            byte[] bytes = stream.readNBytes(MAX_BYTES);
            if (bytes.length == MAX_BYTES) {
                throw tooLarge(name, MAX_BYTES + " bytes or more");
            }
            return read(bytes, name);
        } catch (IOException e) {
            throw unreadable(name, e);
        } catch (OutOfMemoryError e) { // as above
            throw tooLarge(name, "more bytes than the Java heap holds");
        }
    }

    /**
     * Reads a whole file from memory; the array is not kept.
     *
     * @param name what error messages call the input
     */
    public static Audio read(byte[] bytes, String name) {
        AudioBytes in = new AudioBytes(Objects.requireNonNull(bytes, "bytes"), Objects.requireNonNull(name, "name"));
        if (WavReader.matches(in)) {
            return WavReader.read(in);
        }
        int start = endOfId3(in);
        if (in.hasAscii(start, FlacReader.MAGIC)) {
            return FlacReader.read(in, start);
        }
        throw in.fail(describe(in), "a WAV or FLAC file", CONVERT);
    }

    /** Where the audio starts: behind the ID3v2 tag that some programs put before it, or 0. */
    private static int endOfId3(AudioBytes in) {
        if (!in.hasAscii(0, "ID3") || in.length() < ID3_HEADER) {
            return 0;
        }
        int size = 0;
        for (int i = 6; i < ID3_HEADER; i++) {
            size = size << 7 | in.u8(i) & 0x7f;
        }
        boolean footer = (in.u8(5) & ID3_FOOTER_FLAG) != 0;
        return size + (footer ? 2 * ID3_HEADER : ID3_HEADER);
    }

    private static String describe(AudioBytes in) {
        if (in.length() == 0) {
            return "an empty file";
        }
        if (in.hasAscii(0, "OggS")) {
            return "an Ogg file";
        }
        if (in.hasAscii(4, "ftyp")) {
            return "an MP4 file";
        }
        if (in.hasAscii(0, "FORM")) {
            return "an AIFF file";
        }
        if (in.hasAscii(0, "ID3") || in.length() > 1 && in.u8(0) == 0xff && in.u8(1) >= 0xe0) {
            return "an MPEG audio file";
        }
        StringBuilder first = new StringBuilder("a file that starts with bytes");
        for (int i = 0; i < Math.min(4, in.length()); i++) {
            first.append(String.format(" %02x", in.u8(i)));
        }
        return first.toString();
    }

    private static AudioFormatException tooLarge(String name, String got) {
        return new AudioFormatException(
                name + ": " + got,
                "an audio file that fits into the Java heap",
                "cut the recording into shorter files");
    }

    private static AudioFormatException unreadable(String name, IOException cause) {
        return new AudioFormatException(
                name + ": " + cause, "a readable audio file", "check the path and its permissions", cause);
    }
}
