package org.quantvoice.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.LanguageModelFit;
import org.quantvoice.lm.LmOptions;
import org.quantvoice.lm.LmUnit;

class LanguageModelFitTest {
    private static Vocabulary tokens(String... tokens) {
        return new Vocabulary(List.of(tokens), 0, OptionalInt.of(1), false);
    }

    private static LmOptions words(LmUnit unit) {
        return LmOptions.of(Bigrams.model(Bigrams.WORDS)).unit(unit).build();
    }

    @Test
    void aModelOfTheSameLettersFits() {
        assertThat(LanguageModelFit.misfit(words(LmUnit.WORD), tokens("<pad>", "|", "a", "b")))
                .isEmpty();
        assertThat(LanguageModelFit.misfit(words(LmUnit.TOKEN), tokens("<pad>", "|", "a", "b")))
                .isEmpty();
        assertThat(LanguageModelFit.misfit(words(LmUnit.WORD), tokens("<pad>", "|", "a", "x")))
                .as("one word is enough")
                .isEmpty();
    }

    @Test
    void anotherCaseIsNamed() {
        assertThat(LanguageModelFit.misfit(words(LmUnit.WORD), tokens("<pad>", "|", "A", "B")))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("another case").contains("upper case"));
        assertThat(LanguageModelFit.misfit(words(LmUnit.WORD), tokens("<pad>", "|", "x", "<unk>")))
                .hasValueSatisfying(why -> assertThat(why).contains("other letters"));
        assertThat(LanguageModelFit.misfit(words(LmUnit.TOKEN), tokens("<pad>", "|", "A", "B")))
                .hasValueSatisfying(why -> assertThat(why).contains("none of the tokens"));
    }
}
