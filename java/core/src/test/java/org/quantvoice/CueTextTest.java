package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quantvoice.decode.Word;
import org.quantvoice.internal.text.LineBreaks;
import org.quantvoice.internal.text.Scripts;

class CueTextTest {
    private static String broken(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            out.append(LineBreaks.of(text).get(i) ? "|" : "").append(text.charAt(i));
        }
        return out.toString();
    }

    @Test
    void linesBreakBetweenCharactersButNotBeforeWhatClosesThem() {
        assertThat(broken("去北京吧。好")).isEqualTo("去|北|京|吧。|好");
        assertThat(broken("ちょっと「テスト」、コーヒー")).isEqualTo("ちょっ|と|「テ|ス|ト」、|コー|ヒー");
        assertThat(broken("เมืองไทยมากๆ")).isEqualTo("เมื|อ|ง|ไท|ย|มา|กๆ");
        assertThat(broken("say OK今")).isEqualTo("say |OK|今");
        assertThat(broken("")).isEmpty();
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(Scripts.width("ab")).isEqualTo(2);
        assertThat(Scripts.width("北京 OK")).isEqualTo(7);
        assertThat(Scripts.width("한국")).isEqualTo(4);
        assertThat(Scripts.width("กิน")).as("a mark takes none").isEqualTo(2);
        assertThat(Scripts.width("\uD83D\uDE00")).isEqualTo(2);
    }

    @Test
    void aLongWordIsCutAndItsTimeShared() {
        List<CueText.Piece> pieces =
                CueText.pieces(List.of(new Word("我们去吧。", 1, 2, 1), new Word("well-known", 3, 4, 1)));
        assertThat(pieces.stream().map(CueText.Piece::text)).containsExactly("我", "们", "去", "吧。", "well-known");
        assertThat(pieces.get(1).start()).isCloseTo(1.2, within(1e-9));
        assertThat(pieces.get(3).end()).isCloseTo(2, within(1e-9));
        assertThat(CueText.text(pieces)).isEqualTo("我们去吧。 well-known");
    }

    /** Words of one character, as a vocabulary without delimiter gives them. */
    @Test
    void cuesOfChineseAreShortAndLoseNothing() {
        String said = "我们今天去北京看朋友，他们住在城市的东边。".repeat(6);
        List<Word> words = new ArrayList<>();
        for (int i = 0; i < said.length(); i++) {
            words.add(new Word(said.substring(i, i + 1), 0.2 * i, 0.2 * i + 0.15, 1, i > 0));
        }
        Transcript single = new Transcript(List.of(new Transcript.Alternative(said, words, 0)), 60);
        Transcript whole = new Transcript(
                List.of(new Transcript.Alternative(said, List.of(new Word(said, 0, 0.2 * said.length(), 1)), 0)), 60);
        for (Transcript one : List.of(single, whole)) {
            List<Subtitles.Cue> cues = Subtitles.of(one).cues();
            assertThat(cues).hasSizeGreaterThan(3);
            assertThat(cues.stream().flatMap(c -> c.lines().stream()).collect(Collectors.joining()))
                    .isEqualTo(said);
            for (Subtitles.Cue cue : cues) {
                assertThat(cue.end() - cue.start()).isLessThanOrEqualTo(7 + 1e-9);
                assertThat(cue.lines()).allSatisfy(line -> {
                    assertThat(Scripts.width(line)).isLessThanOrEqualTo(42);
                    assertThat(line).doesNotStartWith("，").doesNotStartWith("。");
                });
            }
        }
    }
}
