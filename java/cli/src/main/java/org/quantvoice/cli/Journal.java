package org.quantvoice.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Transcript;
import org.quantvoice.decode.Word;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.json.JsonException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/**
 * A file with the segments of a recording that is being transcribed, one per line as in {@code --format jsonl}, so that
 * a run that was interrupted can be resumed.
 */
final class Journal implements AutoCloseable {
    private static final double PAUSE = 0.8;

    private final Path file;
    private final List<Transcript.Segment> before;
    private @Nullable BufferedWriter out;

    private Journal(Path file, List<Transcript.Segment> before) {
        this.file = file;
        this.before = before;
    }

    /** @param resume whether to keep the segments of an earlier run; else they are discarded */
    static Journal open(Path file, boolean resume) {
        return new Journal(file, resume && Files.exists(file) ? settled(read(file)) : List.of());
    }

    private static List<Transcript.Segment> read(Path file) {
        try {
            List<Transcript.Segment> segments = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                segments.add(segment(JsonReader.parse(line)));
            }
            return segments;
        } catch (IOException | JsonException e) {
            throw new OutputException(
                    file + ": " + e.getMessage(),
                    "what an earlier run left",
                    "remove it, or leave --resume out, to begin anew",
                    e);
        }
    }

    private static Transcript.Segment segment(JsonNode node) {
        List<Word> words = node.get("words").items().stream()
                .map(w -> new Word(
                        w.get("word").string(),
                        w.get("start").number(),
                        w.get("end").number(),
                        w.get("confidence").number(),
                        w.find("attached").map(JsonNode::bool).orElse(false),
                        channel(w)))
                .toList();
        return new Transcript.Segment(
                node.get("text").string(),
                node.get("start").number(),
                node.get("end").number(),
                words,
                node.get("confidence").number(),
                channel(node));
    }

    private static @Nullable String channel(JsonNode node) {
        return node.find("channel").map(JsonNode::string).orElse(null);
    }

    /** Returns the segments before the last pause of all channels, in which a new run can begin. */
    private static List<Transcript.Segment> settled(List<Transcript.Segment> segments) {
        int kept = 0;
        double end = 0;
        for (int i = 0; i < segments.size(); i++) {
            if (i > 0 && segments.get(i).start() - end >= PAUSE) {
                kept = i;
            }
            end = Math.max(end, segments.get(i).end());
        }
        return List.copyOf(segments.subList(0, kept));
    }

    /** Returns the segments that the earlier run found. */
    List<Transcript.Segment> before() {
        return before;
    }

    /** Returns the second at which this run begins, which is in the pause. */
    double begin() {
        return before.isEmpty()
                ? 0
                : before.stream().mapToDouble(Transcript.Segment::end).max().orElseThrow() + PAUSE / 2;
    }

    void add(Transcript.Segment segment) {
        try {
            if (out == null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
                for (Transcript.Segment old : before) {
                    write(out, old);
                }
            }
            write(out, segment);
            out.flush();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static void write(BufferedWriter out, Transcript.Segment segment) throws IOException {
        out.write(TranscriptFormat.line(null, segment));
        out.write('\n');
    }

    private OutputException unwritable(IOException e) {
        return new OutputException(
                file + ", which cannot be written: " + e, "a folder with space left", "free some space", e);
    }

    /** Deletes the file, because the recording was transcribed to its end and nothing is left to resume. */
    void done() {
        close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public void close() {
        try {
            if (out != null) {
                out.close();
                out = null;
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }
}
