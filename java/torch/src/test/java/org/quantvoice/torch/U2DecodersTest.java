package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.Decoder;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.Lexicon;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.DecoderException;
import org.quantvoice.lm.LanguageModel;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** The decoder that a session is built with is the first pass of its streams. */
final class U2DecodersTest {
    private static final Path FLOAT = U2Fixture.FOLDER.resolve("model/u2-digits-float.pt");

    @TempDir
    Path folder;

    private static QuantSessionBuilder builder() {
        return QuantSession.builder().model(FLOAT).engine(Engine.NATIVE).threads(1);
    }

    private static Function<Vocabulary, Decoder> beam(BeamOptions.Builder options) {
        BeamOptions made = options.build();
        return vocabulary -> PrefixBeam.with(vocabulary, made);
    }

    private static StreamEvent.Final hear(QuantSession session, StreamOptions options) {
        try (TranscriptStream stream = session.stream(options)) {
            stream.accept(U2Fixture.samples("test-nicolas-17"));
            return stream.finish().orElseThrow();
        }
    }

    private static StreamEvent.Final hear(QuantSessionBuilder builder) {
        try (QuantSession session = builder.build();
                TranscriptStream stream = session.stream()) {
            stream.accept(U2Fixture.samples("test-nicolas-17"));
            return stream.finish().orElseThrow();
        }
    }

    @Test
    void withoutAChoiceItIsU2sOwn() {
        StreamEvent.Final heard = hear(builder());
        assertThat(heard.text()).isEqualTo("eight five six");
        assertThat(heard.alternatives()).hasSize(10);
    }

    @Test
    void hotwordsAreHeard() {
        Hotwords nine = Hotwords.of(List.of("nine"), 60);
        StreamEvent.Final heard =
                hear(builder().decoder(beam(BeamOptions.unpruned().hotwords(nine))));
        assertThat(heard.text()).contains("nine");
        assertThat(heard.alternatives()).hasSizeGreaterThan(1);
    }

    /** Words of which {@code six} is all but impossible. */
    private Path withoutSix() throws IOException {
        List<String> lines = new ArrayList<>(List.of("\\data\\", "ngram 1=13", "", "\\1-grams:"));
        lines.addAll(List.of("-99\t<s>", "-1\t</s>", "-9\t<unk>"));
        for (String word : "zero one two three four five six seven eight nine".split(" ")) {
            lines.add((word.equals("six") ? "-30\t" : "-1\t") + word);
        }
        lines.addAll(List.of("", "\\end\\"));
        return Files.write(folder.resolve("digits.arpa"), lines);
    }

    @Test
    void languageModelsAreHeard() throws IOException {
        try (LanguageModel lm = LanguageModel.open(withoutSix())) {
            LmOptions options = LmOptions.of(lm).alpha(2).beta(0).build();
            StreamEvent.Final heard =
                    hear(builder().decoder(beam(BeamOptions.unpruned().lm(options))));
            assertThat(heard.text()).startsWith("eight five").isNotEqualTo("eight five six");
        }
    }

    @Test
    void lexiconsAreHeard() {
        Lexicon two = Lexicon.ofWords(List.of("eight", "nine"));
        StreamEvent.Final heard =
                hear(builder().decoder(beam(BeamOptions.builder().lexicon(two))));
        assertThat(heard.text().split(" ")).isSubsetOf("eight", "nine");
    }

    @Test
    void greedyHasNoSecondPass() {
        try (QuantSession session = builder().decoder(GreedyDecoder::with).build()) {
            StreamOptions options = session.streamOptions();
            assertThat(options.rescoring()).isFalse();
            StreamEvent.Final heard = hear(session, options);
            assertThat(heard.text()).isEqualTo("eight five six");
            assertThat(heard.alternatives()).hasSize(1);
        }
    }

    @Test
    void settingsStayThoseOfTheSession() {
        try (QuantSession session = builder()
                .decoder(beam(BeamOptions.builder().beamWidth(7).nbest(20)))
                .build()) {
            StreamOptions options = session.streamOptions();
            assertThat(options.chunkFrames()).isEqualTo(16);
            assertThat(options.rescoring()).isTrue();
            PrefixBeam first = (PrefixBeam) options.decoder().apply(session.vocabulary());
            assertThat(first.options().nbest()).isEqualTo(20);
            assertThat(first.options().beamWidth()).isEqualTo(7);
            assertThat(hear(session, options).alternatives()).hasSizeBetween(2, 7);
        }
    }

    @Test
    void windowsHaveItToo() {
        try (QuantSession session = QuantSession.builder()
                .model("digits")
                .decoder(GreedyDecoder::with)
                .threads(1)
                .build()) {
            assertThat(session.windowOptions().decoder().apply(session.vocabulary()))
                    .isInstanceOf(GreedyDecoder.class);
            assertThat(session.report()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void whatTheVocabularyCannotSpellIsRefused() {
        Hotwords odd = Hotwords.of(List.of("Nijmegen!"), 1);
        QuantSessionBuilder builder =
                builder().decoder(beam(BeamOptions.builder().hotwords(odd)));
        assertThatThrownBy(builder::build).isInstanceOf(DecoderException.class);
    }
}
