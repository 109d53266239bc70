package org.quantvoice.audio;

/** Expands the two companding laws of ITU-T G.711 to 16 bits, as its reference software (G.191) does. */
final class G711 {
    private G711() {}

    /**
     * Expands mu-law, whose bits are stored inverted: sign, three bits of exponent, four of mantissa, over a bias of
     * 33 in 14 bits.
     */
    static int muLaw(byte code) {
        int bits = ~code & 0xff;
        int magnitude = ((bits & 0x0f) << 3) + 0x84 << (bits >> 4 & 7);
        return (bits & 0x80) == 0 ? magnitude - 0x84 : 0x84 - magnitude;
    }

    /**
     * Expands A-law: every second bit is stored inverted, a sign bit of 1 is positive, and the lowest exponent has no
     * hidden bit.
     */
    static int aLaw(byte code) {
        int bits = (code ^ 0x55) & 0xff;
        int exponent = bits >> 4 & 7;
        int mantissa = (bits & 0x0f) << 4 | 8;
        int magnitude = exponent == 0 ? mantissa : mantissa + 0x100 << (exponent - 1);
        return (bits & 0x80) == 0 ? -magnitude : magnitude;
    }
}
