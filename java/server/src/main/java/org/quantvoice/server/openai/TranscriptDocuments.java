package org.quantvoice.server.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.quantvoice.Transcript;
import org.quantvoice.decode.Word;

/** Writes a transcript in the formats of OpenAI's API. */
final class TranscriptDocuments {
    private TranscriptDocuments() {}

    static Map<String, Object> plain(Transcript transcript) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", transcript.text());
        map.put("usage", usage(transcript.audioSeconds()));
        return map;
    }

    static Map<String, Object> usage(double audioSeconds) {
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("type", "duration");
        usage.put("seconds", (long) Math.ceil(audioSeconds));
        return usage;
    }

    static Map<String, Object> verbose(Transcript transcript, String language, boolean words, boolean segments) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("task", "transcribe");
        map.put("language", language);
        map.put("duration", rounded(transcript.audioSeconds()));
        map.put("text", transcript.text());
        if (words) {
            map.put(
                    "words",
                    transcript.words().stream().map(TranscriptDocuments::word).toList());
        }
        if (segments) {
            map.put("segments", segments(transcript));
        }
        map.put("usage", usage(transcript.audioSeconds()));
        return map;
    }

    private static Map<String, Object> word(Word word) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("word", word.text());
        map.put("start", rounded(word.start()));
        map.put("end", rounded(word.end()));
        map.put("probability", Math.round(word.confidence() * 1e4) / 1e4);
        return map;
    }

    private static List<Map<String, Object>> segments(Transcript transcript) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Transcript.Segment segment : transcript.segments()) {
            all.add(segment(all.size(), segment));
        }
        return all;
    }

    /**
     * Returns a segment with the keys of Whisper's segments. A CTC model does not know its tokens and share of silence.
     */
    private static Map<String, Object> segment(int id, Transcript.Segment segment) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("seek", 0);
        map.put("start", rounded(segment.start()));
        map.put("end", rounded(segment.end()));
        map.put("text", segment.text());
        map.put("tokens", List.of());
        map.put("temperature", 0.0);
        map.put("avg_logprob", Math.round(meanLogProb(segment.words()) * 1e4) / 1e4);
        map.put("compression_ratio", Math.round(compressionRatio(segment.text()) * 1e3) / 1e3);
        map.put("no_speech_prob", 0.0);
        return map;
    }

    private static double meanLogProb(List<Word> words) {
        return words.stream()
                .mapToDouble(w -> Math.log(Math.max(1e-4, w.confidence())))
                .average()
                .orElse(0);
    }

    /**
     * Returns the bytes of the text divided by its bytes compressed by zlib, as Whisper does; repeated text gives a
     * high ratio.
     */
    private static double compressionRatio(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] out = new byte[bytes.length + 64];
            return (double) bytes.length / deflater.deflate(out);
        } finally {
            deflater.end();
        }
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 1e3) / 1e3;
    }
}
