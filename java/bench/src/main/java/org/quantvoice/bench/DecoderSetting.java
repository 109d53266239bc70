package org.quantvoice.bench;

import java.nio.file.Path;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

/**
 * The settings that are measured, all with beam width 100. {@code USUAL} prunes as users do (token -5, beam -10),
 * {@code WIDE} prunes almost nothing (beam -50, all tokens), and {@code FLASHLIGHT} prunes as that decoder is usually
 * set (beam -10, 5 tokens).
 */
public enum DecoderSetting {
    GREEDY,
    USUAL,
    USUAL_WORDS_ARPA,
    USUAL_WORDS_PROBING,
    USUAL_WORDS_TRIE,
    USUAL_LETTERS,
    USUAL_LEXICON,
    FLASHLIGHT_LEXICON,
    WIDE,
    WIDE_WORDS,
    WIDE_LEXICON,
    WIDE_LETTERS;

    private static final double WIDE_BEAM = -50;
    private static final double USUAL_BEAM = -10;
    private static final int FLASHLIGHT_TOKENS = 5;

    Decoder decoder(Vocabulary vocabulary) {
        return this == GREEDY ? GreedyDecoder.with(vocabulary) : PrefixBeam.with(vocabulary, options());
    }

    private BeamOptions options() {
        BeamOptions.Builder options = name().startsWith("USUAL")
                ? BeamOptions.builder()
                : BeamOptions.unpruned().beamPruneLogProb(WIDE_BEAM);
        switch (this) {
            case USUAL_WORDS_ARPA, WIDE_WORDS -> options.lm(words("kjv3.arpa"));
            case USUAL_WORDS_PROBING -> options.lm(words("kjv3.probing.bin"));
            case USUAL_WORDS_TRIE -> options.lm(words("kjv3.trie.bin"));
            case USUAL_LETTERS, WIDE_LETTERS ->
                options.labelling(Labelling.TOKENS).lm(letters());
            case USUAL_LEXICON, WIDE_LEXICON -> options.lexicon(lexicon()).lm(words("kjv3.arpa"));
            case FLASHLIGHT_LEXICON ->
                options.lexicon(lexicon())
                        .lm(words("kjv3.trie.bin"))
                        .beamPruneLogProb(USUAL_BEAM)
                        .topTokens(FLASHLIGHT_TOKENS);
            default -> {}
        }
        return options.build();
    }

    private static Path file(String name) {
        return Path.of(System.getProperty("quantvoice.root", "."), "testdata", "decoder", "lm", name);
    }

    private static LmOptions words(String model) {
        return LmOptions.of(LanguageModel.open(file(model))).build();
    }

    private static LmOptions letters() {
        return LmOptions.of(LanguageModel.open(file("kjvchar5.arpa")))
                .unit(LmUnit.TOKEN)
                .beta(0)
                .unknownOffset(0)
                .build();
    }

    private static Lexicon lexicon() {
        return Lexicon.read(file("kjv3.lexicon.txt"));
    }
}
