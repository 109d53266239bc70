package org.quantvoice.audio;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.AudioFormatException;

/** Finds the decoder of a recording by its first bytes. */
final class AudioDecoders {
    static final String MODULE = "quantvoice-ffmpeg";

    private static final List<AudioDecoder> BUILT_IN = List.of(new WavDecoder(), new FlacDecoder());
    private static final Map<String, String> NAMES_AT_0 = Map.of(
            "OggS", "an Ogg file",
            "FORM", "an AIFF file",
            "#!AMR", "an AMR file",
            ".snd", "an AU file",
            "caff", "a CAF file",
            "\u001aE\u00df\u00a3", "a Matroska or WebM file",
            "0&\u00b2u\u008ef\u00cf\u0011", "a WMA file");
    private static final int ID3_HEADER = 10;
    private static final int ID3_FOOTER_FLAG = 0x10;

    private AudioDecoders() {}

    /**
     * Returns the decoder; the source is then at the position where the decoder begins to read, behind any ID3v2
     * tags.
     */
    static AudioDecoder find(AudioSource source) {
        boolean tagged = skipId3(source);
        byte[] head = source.peek(AudioSource.HEAD);
        if (head.length == 0) {
            throw source.failure(tagged ? "a tag and no audio" : "an empty file", "a recording", "check the recording");
        }
        for (AudioDecoder decoder : BUILT_IN) {
            if (decoder.accepts(head)) {
                return decoder;
            }
        }
        AudioDecoder found = service(source, head);
        if (found != null) {
            return found;
        }
        throw unknown(source, describe(head, tagged));
    }

    private static @Nullable AudioDecoder service(AudioSource source, byte[] head) {
        try {
            for (AudioDecoder decoder : ServiceLoader.load(AudioDecoder.class, AudioDecoder.class.getClassLoader())) {
                if (decoder.accepts(head)) {
                    return decoder;
                }
            }
            return null;
        } catch (ServiceConfigurationError e) {
            throw new AudioFormatException(
                    source.name() + ": an audio decoder that cannot be loaded (" + e.getMessage() + ")",
                    "jars of one version",
                    "check the versions of the jars",
                    e);
        }
    }

    private static AudioFormatException unknown(AudioSource source, String what) {
        return source.failure(
                what,
                "a WAV or FLAC file, which are built in, or one that " + MODULE + " reads",
                "add the module " + MODULE + " if it is audio of another format, or " + AudioFiles.CONVERT);
    }

    /** Refuses another track than the first, for formats that have only one track. */
    static void onlyTrack(AudioSource source, AudioOptions options) {
        if (options.track() > 1) {
            throw source.failure(
                    "track " + options.track() + " of a file with one track", "track 1", "leave the track out");
        }
    }

    /**
     * Skips ID3v2 tags of any size, because some programs put them in front of FLAC and WAV too; returns whether
     * there were any.
     */
    private static boolean skipId3(AudioSource source) {
        boolean found = false;
        while (source.startsWith("ID3")) {
            byte[] header = source.peek(ID3_HEADER);
            if (header.length < ID3_HEADER) {
                return found;
            }
            int size = 0;
            for (int i = 6; i < ID3_HEADER; i++) {
                size = size << 7 | header[i] & 0x7f;
            }
            boolean footer = (header[5] & ID3_FOOTER_FLAG) != 0;
            source.skip(size + (footer ? 2L * ID3_HEADER : ID3_HEADER));
            found = true;
        }
        return found;
    }

    private static String describe(byte[] head, boolean tagged) {
        String latin = new String(head, StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> known : NAMES_AT_0.entrySet()) {
            if (latin.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        if (latin.startsWith("ftyp", 4)) {
            return "an MP4 file";
        }
        if (WavChunks.matches(head)) {
            return "a WAV file of " + WavFormat.name(WavDecoder.formatIn(head), WavDecoder.isBigEndian(head));
        }
        if (tagged || head.length > 1 && (head[0] & 0xff) == 0xff && (head[1] & 0xff) >= 0xe0) {
            return "an MPEG audio file";
        }
        StringBuilder first = new StringBuilder("a file that starts with bytes");
        for (int i = 0; i < Math.min(4, head.length); i++) {
            first.append(String.format(" %02x", head[i]));
        }
        return first.toString();
    }
}
