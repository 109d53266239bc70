package org.quantvoice.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

public class NearNamesTest {
    @Example
    void nearestFirst() {
        assertThat(NearNames.of("encoder.lin", List.of("", "ctc", "encoder", "encoder.linear", "encoder.lin1")))
                .containsExactly("encoder.lin1", "encoder.linear", "encoder");
        assertThat(NearNames.of("feature_extractor", List.of("future_extractor", "encoder.model.feature_extractor")))
                .startsWith("encoder.model.feature_extractor");
        assertThat(NearNames.edits("kitten", "sitting")).isEqualTo(3);
    }

    @Property
    void editsAreADistance(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b,
            @ForAll @AlphaChars @StringLength(max = 12) String c) {
        int ab = NearNames.edits(a, b);
        assertThat(ab)
                .isEqualTo(NearNames.edits(b, a))
                .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
        assertThat(ab == 0).isEqualTo(a.equals(b));
        assertThat(NearNames.edits(a, c)).isLessThanOrEqualTo(ab + NearNames.edits(b, c));
    }
}
