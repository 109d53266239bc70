package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Hashes and numbers. */
class LmNumbersTest {

    @Test
    void hashesAsKenlmFilesDo() {
        // As it stands in the vocabulary of bugs.probing.bin, with the id of the word behind it.
        assertThat(WordHash.of("</s>")).isEqualTo(0x6be0737df1f76c0aL);
    }

    @Property
    void textAndBytesHashAlike(@ForAll String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        byte[] padded = new byte[bytes.length + 8];
        System.arraycopy(bytes, 0, padded, 3, bytes.length);
        assertThat(WordHash.of(word)).isEqualTo(WordHash.of(padded, 3, 3 + bytes.length));
    }

    @Property
    void decimalsReadAsJavaReadsThem(
            @ForAll @LongRange(min = -999_999_999_999_999_999L, max = 999_999_999_999_999_999L) long digits,
            @ForAll @IntRange(max = 25) int fraction,
            @ForAll @IntRange(min = -9, max = 9) int exponent) {
        String plain = java.math.BigDecimal.valueOf(digits, fraction).toPlainString();
        for (String text : new String[] {plain, plain + "e" + exponent, plain.replaceFirst("^(-?)0\\.", "$1.")}) {
            byte[] bytes = ("x" + text + "y").getBytes(StandardCharsets.US_ASCII);
            float expected = Float.parseFloat(text);
            assertThat(DecimalParser.parse(bytes, 1, bytes.length - 1))
                    .as(text)
                    .isBetween(Math.nextDown(expected), Math.nextUp(expected));
        }
    }

    @Property
    void whateverElseIsNoNumber(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        float value = DecimalParser.parse(bytes, 0, bytes.length);
        if (!Float.isNaN(value)) {
            assertThat(text).matches("[+-]?([0-9.]+([eE][+-]?[0-9]+)?|(?i:inf|infinity))");
        }
    }
}
