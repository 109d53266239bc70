package org.quantvoice.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.quantvoice.Channels;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;

/** The data from which every machine opens a session: options, and the place and hash of each file. */
final class Recipe implements Serializable {
    private static final long serialVersionUID = 1L;
    static final String MIX = "mix";
    static final String SPLIT = "split";

    /**
     * A file of the recipe.
     *
     * @param place a path, which is the same on every machine unless Spark sends the file
     * @param sent the file as Spark sends it; null if it is not sent
     * @param sha256 of the driver's file
     */
    record Part(String place, @Nullable SentFiles sent, String sha256) implements Serializable {
        private static final long serialVersionUID = 1L;

        /** Returns the file on this machine, if it is the same as the driver's. */
        Path verified() {
            Path file = sent == null ? Path.of(place) : sent.received();
            String found = ModelFiles.sha256(file);
            if (!found.equals(sha256)) {
                throw new ModelFormatException(
                        file + " with SHA-256 " + found,
                        sha256 + ", as on the driver",
                        sent == null
                                ? "put the same file on every machine"
                                : "look at that machine's disk, and run it again");
            }
            return file;
        }
    }

    final SpeechOptions options;
    /** The name of the model with a hash of it and of all settings that change words: the column {@code model}. */
    final String id;
    /** True if long recordings can be transcribed in parts. */
    final boolean cuts;

    private final @Nullable String embedded;
    private final Part model;
    private final @Nullable Part vocabulary;
    private final @Nullable Part languageModel;
    private final @Nullable Part lexicon;

    /** @param embedded the name of an embedded model; null for a file */
    Recipe(
            SpeechOptions options,
            @Nullable String embedded,
            Part model,
            @Nullable Part vocabulary,
            @Nullable Part languageModel,
            @Nullable Part lexicon,
            boolean cuts) {
        this.options = options;
        this.embedded = embedded;
        this.model = model;
        this.vocabulary = vocabulary;
        this.languageModel = languageModel;
        this.lexicon = lexicon;
        this.cuts = cuts;
        id = name() + "-" + ModelFiles.sha256(content()).substring(0, 12);
    }

    Recipe withCuts(boolean possible) {
        return new Recipe(options, embedded, model, vocabulary, languageModel, lexicon, possible);
    }

    private String name() {
        if (embedded != null) {
            return embedded;
        }
        String file = Path.of(options.model).getFileName().toString();
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    private String content() {
        return String.join(
                "\n",
                model.sha256(),
                hash(vocabulary),
                hash(languageModel),
                hash(lexicon),
                String.valueOf(options.lmUnit),
                String.valueOf(options.alpha),
                String.valueOf(options.beta),
                String.valueOf(options.hotwords),
                options.hotwords.isEmpty() ? "" : String.valueOf(options.hotwordWeight),
                String.valueOf(options.beamWidth),
                String.valueOf(options.greedy),
                options.channels);
    }

    private static String hash(@Nullable Part part) {
        return part == null ? "" : part.sha256();
    }

    /**
     * Reads the choice of channels.
     *
     * @throws AudioFormatException if the text is no choice of channels
     */
    static Channels channels(String chosen) {
        String word = chosen.toLowerCase(Locale.ROOT);
        if (word.equals(MIX)) {
            return Channels.mix();
        }
        if (word.equals(SPLIT)) {
            return Channels.split();
        }
        if (word.matches("[1-9][0-9]{0,3}")) {
            return Channels.only(Integer.parseInt(word));
        }
        throw new AudioFormatException(
                "channels '" + chosen + "'", "mix, split or a number from 1 on", "correct the channels");
    }

    /** Opens the language model, if there is one. */
    @Nullable
    LanguageModel openLanguageModel() {
        return languageModel == null ? null : org.quantvoice.lm.LanguageModel.open(languageModel.verified());
    }

    /**
     * Compares all hashes and opens a session.
     *
     * @param words the language model, which the caller closes; null for none
     * @param threads of a run
     * @throws org.quantvoice.error.QuantVoiceException if a file is missing or differs here
     */
    QuantSession open(@Nullable LanguageModel words, int threads) {
        QuantSessionBuilder builder = QuantSession.builder().threads(threads);
        builder.model(
                embedded != null ? verifiedEmbedded(embedded) : model.verified().toString());
        if (vocabulary != null) {
            builder.vocabulary(vocabulary.verified());
        }
        if (options.greedy) {
            return builder.decoder(GreedyDecoder::with).build();
        }
        BeamOptions beam = BeamOptions.builder()
                .beamWidth(options.beamWidth)
                .lm(lm(words))
                .lexicon(lexicon == null ? null : Lexicon.read(lexicon.verified()))
                .hotwords(Hotwords.of(options.hotwords, options.hotwordWeight))
                .build();
        return builder.decoder(tokens -> PrefixBeam.with(tokens, beam)).build();
    }

    /** Returns the name, if the model that this machine's jars embed is the same as the driver's. */
    private String verifiedEmbedded(String name) {
        Path file = QuantSession.builder().model(name).modelFile();
        new Part(file.toString(), null, model.sha256()).verified();
        return name;
    }

    private @Nullable LmOptions lm(@Nullable LanguageModel words) {
        if (words == null) {
            return null;
        }
        LmOptions.Builder builder = LmOptions.of(words);
        if (options.lmUnit != null) {
            builder.unit(options.lmUnit);
        }
        if (options.alpha != null) {
            builder.alpha(options.alpha);
        }
        if (options.beta != null) {
            builder.beta(options.beta);
        }
        return builder.build();
    }
}
