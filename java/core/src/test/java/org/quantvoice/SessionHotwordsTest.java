package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.GreedyDecoder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.error.DecoderException;

/** Sessions for one caller of many: they decode as a session does that was built so, and share the model. */
class SessionHotwordsTest {
    private static final Path RECORDING =
            Path.of(System.getProperty("quantvoice.root"), "examples/audio/george-02.flac");
    /** So unlikely that it is not heard where it was said. */
    private static final Hotwords NOT_SIX = new Hotwords(Map.of("six", -60.0));

    /** Nothing is pruned: the model is so sure of its words that no others would be left. */
    private static BeamOptions.Builder all() {
        return BeamOptions.unpruned().beamWidth(20);
    }

    @Test
    void theyDecodeAsASessionThatWasBuiltSo() {
        try (QuantSession session = QuantSession.builder()
                        .threads(1)
                        .decoder(v -> PrefixBeam.with(v, all().build()))
                        .build();
                QuantSession built = QuantSession.builder()
                        .threads(1)
                        .decoder(v -> PrefixBeam.with(v, all().hotwords(NOT_SIX).build()))
                        .build()) {
            Transcript usual = session.transcribe(RECORDING);
            Transcript expected = built.transcribe(RECORDING);
            assertThat(expected.text()).isNotEqualTo(usual.text());
            QuantSession view = session.withHotwords(NOT_SIX);
            assertThat(view.transcribe(RECORDING)).isEqualTo(expected);
            assertThat(session.transcribe(RECORDING)).isEqualTo(usual);
            assertThat(view.withHotwords(Hotwords.none()).transcribe(RECORDING)).isEqualTo(usual);
            view.close();
            assertThat(session.transcribe(RECORDING)).isEqualTo(usual);
        }
    }

    @Test
    void whatCannotBeHeededIsRefused() {
        QuantSession session = QuantSession.builder().threads(1).build();
        QuantSession view = session.withHotwords(Hotwords.of("nine"));
        assertThatThrownBy(() -> session.withHotwords(Hotwords.of("Nijmegen"))).isInstanceOf(DecoderException.class);
        session.close();
        assertThatThrownBy(() -> view.transcribe(RECORDING)).isInstanceOf(IllegalStateException.class);
        try (QuantSession greedy =
                QuantSession.builder().threads(1).decoder(GreedyDecoder::with).build()) {
            assertThatThrownBy(() -> greedy.withHotwords(Hotwords.of("nine"))).isInstanceOf(DecoderException.class);
        }
    }
}
