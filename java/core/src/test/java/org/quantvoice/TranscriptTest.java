package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.Word;
import org.quantvoice.stream.Endpoint;
import org.quantvoice.stream.StreamEvent;

class TranscriptTest {
    @Test
    void jsonHoldsWordsAndAlternatives() {
        List<Word> words = List.of(new Word("a\"b", 0.1, 0.25049, 0.98765432));
        Transcript t = new Transcript(
                List.of(
                        new Transcript.Alternative("a\"b", words, -0.5),
                        new Transcript.Alternative("", List.of(), -7.00001)),
                1.23456);
        assertThat(t.toJson())
                .isEqualTo(
                        """
                {
                  "text": "a\\"b",
                  "audioSeconds": 1.235,
                  "words": [
                    {
                      "word": "a\\"b",
                      "start": 0.1,
                      "end": 0.25,
                      "confidence": 0.9877
                    }
                  ],
                  "alternatives": [
                    {
                      "text": "a\\"b",
                      "score": -0.5,
                      "words": [
                        {
                          "word": "a\\"b",
                          "start": 0.1,
                          "end": 0.25,
                          "confidence": 0.9877
                        }
                      ]
                    },
                    {
                      "text": "",
                      "score": -7.0,
                      "words": []
                    }
                  ],
                  "segments": [
                    {
                      "text": "a\\"b",
                      "start": 0.1,
                      "end": 0.25,
                      "confidence": 0.9877
                    }
                  ]
                }""");
    }

    @Test
    void thereIsAlwaysAReading() {
        assertThatThrownBy(() -> new Transcript(List.of(), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void utterancesOfAStreamAreOneTranscript() {
        Word first = new Word("one", 0.5, 0.9, 0.75);
        Word second = new Word("two", 3.25, 3.5, 0.5);
        StreamEvent.Final begin =
                new StreamEvent.Final(0, List.of(first), 0, 1.5, -2, Endpoint.SILENCE_AFTER_SPEECH, List.of("one"));
        StreamEvent.Final end =
                new StreamEvent.Final(1, List.of(second), 1.5, 4, -3, Endpoint.END_OF_STREAM, List.of("two"));
        Transcript t = Transcript.ofUtterances(List.of(begin, end), 4);
        assertThat(t.text()).isEqualTo("one two");
        assertThat(t.words()).containsExactly(first, second);
        assertThat(t.audioSeconds()).isEqualTo(4);
        assertThat(t.alternatives().get(0).score()).isEqualTo(-5);
        assertThat(t.segments()).extracting(Transcript.Segment::text).containsExactly("one", "two");
        assertThat(Transcript.ofUtterances(List.of(), 2).text()).isEmpty();
    }
}
