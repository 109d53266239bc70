package org.quantvoice.internal.huggingface.tokens;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;

/** Reads token lists with one token on each line: the text alone, or the text and its number. */
final class TokenLines {
    private static final int MAX_BYTES = 16 << 20;
    private static final Pattern NUMBERED = Pattern.compile("(.*?)[ \\t]+(\\d{1,7})");
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TokenLines() {}

    static TokenList read(Path file) {
        List<String> lines = text(file).lines().toList();
        boolean numbered = lines.stream().filter(l -> !l.isBlank()).allMatch(l -> NUMBERED.matcher(l)
                .matches());
        Map<Integer, String> byId = new LinkedHashMap<>();
        for (String line : lines) {
            if (!numbered) {
                byId.put(byId.size(), line.startsWith("##") ? line.substring(2) : line);
            } else if (!line.isBlank()) {
                put(byId, file, line);
            }
        }
        return new TokenList(file.toString(), byId, Optional.empty(), Optional.empty());
    }

    private static void put(Map<Integer, String> byId, Path file, String line) {
        Matcher parts = NUMBERED.matcher(line);
        if (!parts.matches()) {
            throw new IllegalStateException("a line that was matched before");
        }
        String token = parts.group(1).isEmpty() ? " " : parts.group(1);
        String before = byId.put(Integer.parseInt(parts.group(2)), token);
        if (before != null) {
            throw new ModelFormatException(
                    file + ": the line '" + line + "', whose number is that of '" + before + "'",
                    "a number of its own for each token",
                    "download the file again");
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFormatException(
                        file + " of " + Files.size(file) + " bytes", "at most " + MAX_BYTES, "pass the list of tokens");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file + ", which is no UTF-8", "UTF-8 text", "save the file as UTF-8", e);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check its permissions", e);
        }
    }
}
