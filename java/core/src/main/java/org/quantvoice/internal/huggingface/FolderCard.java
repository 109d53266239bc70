package org.quantvoice.internal.huggingface;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.huggingface.folder.ModelFolder;
import org.quantvoice.internal.huggingface.tokens.TokenList;
import org.quantvoice.internal.json.JsonWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of a {@code tokens.json} for a folder: its tokens, which of them is the blank, and how frames lie on
 * the audio.
 *
 * @param list the tokenizer's tokens
 * @param size number of outputs of the model
 * @param padding id of the padding token, if the configuration names it
 * @param frames position of frames on samples
 * @param sampleRate hertz
 */
public record FolderCard(TokenList list, int size, Optional<Integer> padding, Frames frames, int sampleRate) {
    private static final Logger LOG = LoggerFactory.getLogger(FolderCard.class);

    private static final List<String> BLANKS = List.of("<pad>", "[PAD]", "<blank>", "<blk>", "<b>", "[blank]");
    private static final String LAST = "<blank>";

    /** Returns the text of the {@code tokens.json}. */
    public String toJson() {
        List<String> texts = withBlank().ofHead(size);
        int blank = blank();
        LOG.info("{}: the blank is '{}', number {}", list.source(), texts.get(blank), blank);
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("tokens", texts);
        card.put("blank", blank);
        list.delimiter().filter(texts::contains).ifPresent(d -> card.put("word_delimiter", d));
        card.put("sample_rate", sampleRate);
        card.put("frame_hop", frames.hop());
        card.put("frame_window", frames.window());
        return JsonWriter.pretty(card);
    }

    /**
     * Returns the tokens with the blank. A tokenizer without a blank has one token less than the model, whose last
     * output is the blank.
     */
    private TokenList withBlank() {
        boolean lastIsFree = !list.byId().containsKey(size - 1) && list.byId().containsKey(size - 2);
        return lastIsFree ? list.with(Map.of(size - 1, LAST)) : list;
    }

    private int blank() {
        Optional<Integer> named = list.pad().flatMap(list::idOf).filter(id -> id < size);
        if (named.isPresent() && padding.isPresent() && !named.equals(padding)) {
            LOG.warn(
                    "{}: the tokenizer's padding is number {}, that of {} is {}; the first is taken for the blank",
                    list.source(),
                    named.get(),
                    ModelFolder.CONFIG,
                    padding.get());
        }
        TokenList all = withBlank();
        return named.or(() -> padding.filter(id -> id < size))
                .or(() -> BLANKS.stream()
                        .flatMap(name -> all.idOf(name).stream())
                        .filter(id -> id < size)
                        .findFirst())
                .orElseThrow(() -> new ModelFormatException(
                        list.source() + " with " + list.byId().size() + " tokens, none of which is the blank",
                        "a token of the name " + BLANKS + ", or pad_token_id in " + ModelFolder.CONFIG,
                        "write the tokens to a tokens.json beside the model, with its blank"));
    }
}
