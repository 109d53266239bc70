package org.quantvoice.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.CorpusException;

/** Reads the tab-separated file of an {@link AudioCorpus}; every refusal names the file and the line. */
final class TsvCorpus {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final long MAX_BYTES = 1L << 28;
    private static final List<String> REQUIRED = List.of("id", "speaker", "file");

    private final Path tsv;
    private final List<AudioCorpus.Item> items = new ArrayList<>();
    private final Map<String, Integer> lineOfId = new HashMap<>();
    private List<String> columns = List.of();
    private int line;

    TsvCorpus(Path tsv) {
        this.tsv = tsv;
    }

    AudioCorpus read() {
        byte[] bytes = readBytes();
        int start = Arrays.mismatch(BYTE_ORDER_MARK, bytes) == BYTE_ORDER_MARK.length ? BYTE_ORDER_MARK.length : 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            line++;
            String text = decode(bytes, start, end);
            if (!text.isEmpty()) {
                readLine(text.split("\t", -1));
            }
            start = end + 1;
        }
        if (items.isEmpty()) {
            throw fail("no recording", "a header and at least one row", "add rows to the corpus");
        }
        return new AudioCorpus(items, columns.contains("text"));
    }

    private byte[] readBytes() {
        try {
            if (Files.size(tsv) > MAX_BYTES) {
                throw fail("a file of " + Files.size(tsv) + " bytes", "at most " + MAX_BYTES, "split the corpus");
            }
            return Files.readAllBytes(tsv);
        } catch (IOException e) {
            throw new CorpusException(
                    tsv + ": " + e, "a readable corpus file (tsv)", "check the path and its permissions", e);
        }
    }

    private String decode(byte[] bytes, int start, int end) {
        boolean carriageReturn = end > start && bytes[end - 1] == '\r';
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, end - start - (carriageReturn ? 1 : 0)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw fail("bytes that are not UTF-8", "a UTF-8 file", "convert the file to UTF-8");
        }
    }

    private void readLine(String[] fields) {
        if (columns.isEmpty()) {
            columns = Arrays.stream(fields).map(String::strip).toList();
            for (String required : REQUIRED) {
                if (columns.indexOf(required) < 0 || columns.indexOf(required) != columns.lastIndexOf(required)) {
                    throw fail(
                            "the columns " + columns,
                            "a header with id, speaker and file, each once, and perhaps text, separated by tabs",
                            "name the columns in the first line");
                }
            }
            return;
        }
        if (fields.length != columns.size()) {
            throw fail(
                    fields.length + " fields",
                    columns.size() + " as in the header: " + columns,
                    "separate the fields by single tabs");
        }
        items.add(item(fields));
    }

    private AudioCorpus.Item item(String[] fields) {
        String id = required(fields, "id");
        Integer earlier = lineOfId.putIfAbsent(id, line);
        if (earlier != null) {
            throw fail("the id " + id + " of line " + earlier + " again", "ids that are unique", "rename one of them");
        }
        int text = columns.indexOf("text");
        return new AudioCorpus.Item(
                id,
                required(fields, "speaker"),
                audioFile(required(fields, "file")),
                text < 0 ? "" : fields[text].strip());
    }

    private String required(String[] fields, String column) {
        String value = fields[columns.indexOf(column)].strip();
        if (value.isEmpty()) {
            throw fail("an empty " + column, "a value in each of " + REQUIRED, "fill the field in");
        }
        return value;
    }

    private Path audioFile(String name) {
        Path file;
        try {
            file = tsv.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw fail(
                    "the file name " + name + ", which cannot be named here (" + e.getReason() + ")",
                    "a path",
                    "correct the name, or set LC_ALL=C.UTF-8 if it has letters that the locale lacks");
        }
        if (!Files.isRegularFile(file)) {
            throw fail(
                    "no file " + file,
                    "an audio file, relative to the corpus file",
                    "correct the name or add the file");
        }
        return file;
    }

    private CorpusException fail(String got, String expected, String cure) {
        String place = line == 0 ? tsv.toString() : tsv + ", line " + line;
        return new CorpusException(place + ": " + got, expected, cure);
    }
}
