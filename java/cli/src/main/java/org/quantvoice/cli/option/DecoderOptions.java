package org.quantvoice.cli.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;
import org.quantvoice.stream.StreamOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how words are found in the output of a model. The object owns the language model. */
public final class DecoderOptions implements AutoCloseable {
    private static final int USUAL_WIDTH = 100;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--greedy", order = 30, description = "Take the most probable token of each frame; no search.")
    private boolean greedy;

    @Option(
            names = "--beam",
            paramLabel = "N",
            converter = RunOptions.Positive.class,
            order = 31,
            description = "Width of the prefix beam search (default: 100; live, without options of decoding, 10).")
    private @Nullable Integer beam;

    @Option(
            names = "--lm",
            paramLabel = "F",
            order = 32,
            description = "Language model: ARPA (.gz too) or KenLM binary.")
    private @Nullable Path lm;

    @Option(
            names = "--lm-unit",
            paramLabel = "U",
            order = 32,
            description =
                    "What the language model counts: ${COMPLETION-CANDIDATES} (default: WORD; characters are words in"
                            + " languages without spaces). TOKEN is for models over characters or word pieces.")
    private @Nullable LmUnit lmUnit;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            order = 33,
            description = "Weight of the language model (default: 0.5).")
    private @Nullable Double alpha;

    @Option(names = "--beta", paramLabel = "B", order = 34, description = "Bonus for each word (default: 1.5).")
    private @Nullable Double beta;

    @Option(
            names = "--hotword",
            paramLabel = "W",
            order = 35,
            description = "A word or phrase to prefer; may be given several times.")
    private List<String> hotwords = new ArrayList<>();

    @Option(
            names = "--hotword-weight",
            paramLabel = "X",
            defaultValue = "10",
            order = 36,
            description = "Weight of the hotwords, a natural log (default: ${DEFAULT-VALUE}).")
    private double hotwordWeight;

    @Option(
            names = "--lexicon",
            paramLabel = "F",
            order = 37,
            description = "The only words that may be said, one a line, each with its tokens or not.")
    private @Nullable Path lexicon;

    private @Nullable LanguageModel opened;

    /** Makes the decoder the first pass of streams. Without any option, streams use their own beam search. */
    public void applyLive(QuantSessionBuilder builder) {
        check();
        if (any()) {
            apply(builder, 1);
        }
    }

    private boolean any() {
        return greedy || beam != null || lm != null || lexicon != null || !hotwords.isEmpty();
    }

    private int width() {
        return beam == null ? USUAL_WIDTH : beam;
    }

    public void apply(QuantSessionBuilder builder, int nbest) {
        check();
        if (greedy) {
            builder.decoder(GreedyDecoder::with);
            return;
        }
        BeamOptions options = BeamOptions.builder()
                .beamWidth(width())
                .nbest(nbest)
                .lm(lmOptions())
                .lexicon(lexicon == null ? null : Lexicon.read(lexicon))
                .hotwords(Hotwords.of(hotwords, hotwordWeight))
                .build();
        builder.decoder(vocabulary -> PrefixBeam.with(vocabulary, options));
    }

    private void check() {
        if (greedy && (beam != null || lm != null || lexicon != null || !hotwords.isEmpty())) {
            throw new ParameterException(
                    command.commandLine(),
                    "got --greedy with --beam, --lm, --lexicon or --hotword; expected one or the other");
        }
        if (lm == null && (alpha != null || beta != null || lmUnit != null)) {
            throw new ParameterException(
                    command.commandLine(), "got --alpha, --beta or --lm-unit; expected --lm with it");
        }
        if (lexicon != null && lmUnit == LmUnit.TOKEN) {
            throw new ParameterException(
                    command.commandLine(), "got --lm-unit TOKEN with --lexicon; expected a language model over words");
        }
    }

    private @Nullable LmOptions lmOptions() {
        if (lm == null) {
            return null;
        }
        if (opened == null) {
            opened = LanguageModel.open(lm);
        }
        LmOptions.Builder options = LmOptions.of(opened);
        if (lmUnit != null) {
            options.unit(lmUnit);
        }
        if (alpha != null) {
            options.alpha(alpha);
        }
        if (beta != null) {
            options.beta(beta);
        }
        return options.build();
    }

    /** Describes what decodes streams. */
    public String describeLive(boolean caches) {
        return any() || !caches
                ? describe()
                : "prefix beam " + StreamOptions.firstPass().build().beamWidth();
    }

    public String describe() {
        if (greedy) {
            return "greedy";
        }
        return "prefix beam " + width()
                + (lm == null ? "" : ", language model")
                + (lexicon == null ? "" : ", lexicon")
                + (hotwords.isEmpty() ? "" : ", " + hotwords.size() + " hotwords");
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
