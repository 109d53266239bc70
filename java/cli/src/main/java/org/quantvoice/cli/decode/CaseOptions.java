package org.quantvoice.cli.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.decode.Lexicon.Smearing;
import org.quantvoice.engine.InputType;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/** Converts the settings of a case to those of the decoder. FORMAT.md of the cases says what they mean. */
final class CaseOptions {
    private static final double NONE = Double.NEGATIVE_INFINITY;
    private static final double CLIPPED_AT = Math.log(1e-15);

    private final JsonNode test;
    private final JsonNode decode;
    private final CaseFiles files;

    CaseOptions(JsonNode test, CaseFiles files) {
        this.test = test;
        this.files = files;
        decode = test.path("decode");
    }

    static InputType input(JsonNode test) {
        return InputType.valueOf(
                test.path("input").path("type").asText("logprob").toUpperCase(Locale.ROOT));
    }

    BeamOptions build() {
        String kind = test.path("kind").asText();
        BeamOptions.Builder options = BeamOptions.builder()
                .input(input(test))
                .beamWidth(decode.path("beam_width").asInt(100))
                .tokenMinLogProb(number(decode, "token_min_logp", NONE))
                .beamPruneLogProb(number(decode, "beam_prune_logp", NONE))
                .pruneHistory(decode.path("prune_history").asBoolean(false))
                .hotwords(hotwords())
                .lm(lm(kind));
        switch (kind) {
            case "lexfree", "lexicon" -> flashlight(options, kind.equals("lexicon"));
            case "prefix_beam", "quality" -> options.labelling(Labelling.TOKENS);
            default -> options.labelling(Labelling.WORDS).logProbFloor(CLIPPED_AT);
        }
        return options.build();
    }

    private void flashlight(BeamOptions.Builder options, boolean withLexicon) {
        double threshold = number(decode, "beam_threshold", Double.POSITIVE_INFINITY);
        options.beamPruneLogProb(-threshold)
                .topTokens(decode.path("beam_size_token").asInt(0))
                .merge(decode.path("log_add").asBoolean(false) ? PathMerge.SUM : PathMerge.MAX)
                .delimiterScore(number(decode, "sil_score", 0))
                .labelling(withLexicon ? Labelling.WORDS : Labelling.TOKENS);
        if (withLexicon) {
            options.lexicon(lexicon());
        }
    }

    private static double number(JsonNode node, String name, double otherwise) {
        return node.path(name).isNumber() ? node.path(name).asDouble() : otherwise;
    }

    private Hotwords hotwords() {
        JsonNode hot = test.path("hotwords");
        List<String> phrases = texts(hot.path("words"));
        return phrases.isEmpty()
                ? Hotwords.none()
                : Hotwords.of(phrases, number(hot, "weight", Hotwords.DEFAULT_WEIGHT))
                        .splitIntoWords();
    }

    private @Nullable LmOptions lm(String kind) {
        JsonNode lm = test.path("lm");
        if (!lm.isObject()) {
            return null;
        }
        LmOptions.Builder options = LmOptions.of(files.model(lm.path("file").asText()));
        if (kind.equals("lexfree") || kind.equals("lexicon")) {
            return options.unit(lm.path("unit").asText().equals("token") ? LmUnit.TOKEN : LmUnit.WORD)
                    .alpha(number(lm, "lm_weight", 0))
                    .beta(kind.equals("lexicon") ? number(decode, "word_score", 0) : 0)
                    .unknownOffset(0)
                    .scoreBoundary(lm.path("bos").asBoolean(true))
                    .log10(true)
                    .build();
        }
        JsonNode unigrams = lm.path("unigrams");
        return options.alpha(number(lm, "alpha", 0.5))
                .beta(number(lm, "beta", 1.5))
                .unknownOffset(number(lm, "unk_score_offset", -10))
                .scoreBoundary(lm.path("score_boundary").asBoolean(true))
                .unigrams(unigrams.isTextual() ? null : texts(unigrams))
                .build();
    }

    private Lexicon lexicon() {
        JsonNode node = test.path("lexicon");
        Lexicon words = node.path("file").isTextual()
                ? files.lexicon(node.path("file").asText())
                : Lexicon.of(entries(node.path("spellings")));
        return words.withSmearing(
                        Smearing.valueOf(node.path("smearing").asText("MAX").toUpperCase(Locale.ROOT)))
                .withUnknownScore(number(decode, "unk_score", NONE))
                .withLastWordKept(false)
                .withWordScore(number(decode, "word_score", 0));
    }

    private static List<Lexicon.Entry> entries(JsonNode spellings) {
        List<Lexicon.Entry> entries = new ArrayList<>();
        spellings.fields().forEachRemaining(word -> word.getValue()
                .forEach(spelling -> entries.add(new Lexicon.Entry(word.getKey(), texts(spelling)))));
        return entries;
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
