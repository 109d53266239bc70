package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quantvoice.QuantSession;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/** Sessions with hotwords of one client: their streams heed them, by caches and by windows. */
final class LiveHotwordsTest {
    private static final Hotwords NOT_FIVE = new Hotwords(Map.of("five", -60.0));

    @Test
    void streamsHeedThem() {
        for (String model : new String[] {"u2-digits", "digits"}) {
            try (QuantSession session =
                    QuantSession.builder().model(model).threads(1).build()) {
                assertThat(heard(session)).as(model).isEqualTo(ServedSpeech.WORDS);
                assertThat(heard(session.withHotwords(Hotwords.none()))).isEqualTo(ServedSpeech.WORDS);
                assertThat(heard(session.withHotwords(NOT_FIVE))).as(model).isNotEqualTo(ServedSpeech.WORDS);
            }
        }
    }

    private static String heard(QuantSession session) {
        try (TranscriptStream stream = session.stream()) {
            stream.accept(ServedSpeech.speech());
            return stream.finish().map(StreamEvent.Final::text).orElse("");
        }
    }
}
