package org.quantvoice.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.AudioFormatException;

class BitReaderTest {

    private static BitReader reader(BitWriter out) {
        out.alignToByte();
        return new BitReader(AudioSource.of(out.toByteArray(), "bits"));
    }

    @Test
    void readsWhatWasWritten() {
        for (int seed = 0; seed < 50; seed++) {
            Random fields = new Random(seed);
            BitWriter out = new BitWriter();
            for (int i = 0; i < 200; i++) {
                int width = 1 + fields.nextInt(57);
                long value = fields.nextLong() >> (64 - width);
                out.put(value, width).put(value, width);
                out.unary(fields.nextInt(150));
            }
            BitReader in = reader(out);
            Random again = new Random(seed);
            for (int i = 0; i < 200; i++) {
                int width = 1 + again.nextInt(57);
                long value = again.nextLong() >> (64 - width);
                assertThat(in.signed(width)).as("seed %s, field %s", seed, i).isEqualTo(value);
                assertThat(in.unsigned(width)).isEqualTo(value & (1L << width) - 1);
                assertThat(in.unary()).isEqualTo(again.nextInt(150));
            }
            in.alignToByte();
            assertThat(in.atEnd()).isTrue();
            assertThatThrownBy(in::unary).isInstanceOf(AudioFormatException.class);
        }
    }

    /** 32 bits folded are the most; the quotient that a shift would push out of 64 bits must not wrap around. */
    @Test
    void readsRiceCodesUpTo32Bits() {
        for (int parameter : new int[] {24, 26, 30}) {
            long most = 0xffff_ffffL >> parameter;
            BitWriter out = new BitWriter();
            out.unary(most);
            assertThat(reader(out.put(-1, parameter)).rice(parameter)).isEqualTo(Integer.MIN_VALUE);
            for (long quotient : new long[] {most + 1, 2 * most, 50 * most}) {
                BitWriter wide = new BitWriter();
                wide.unary(quotient);
                wide.put(0, parameter);
                assertThatThrownBy(() -> reader(wide).rice(parameter))
                        .as("%s << %s", quotient, parameter)
                        .isInstanceOf(AudioFormatException.class)
                        .hasMessageContaining("wider than 32 bits");
            }
        }
    }
}
