package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.Word;

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
}
