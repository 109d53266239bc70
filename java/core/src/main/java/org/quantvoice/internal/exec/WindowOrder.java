package org.quantvoice.internal.exec;

/** The order of a convolution's weights as products read them: windows are {@code [taps][channels]}, not {@code [channels][taps]}. */
final class WindowOrder {
    private WindowOrder() {}

    /** Puts the rows of {@code size} bytes into the order of windows. */
    static void byTap(byte[] source, byte[] target, int size, int channels, int taps) {
        int at = 0;
        for (int row = 0; row < size; row += channels * taps) {
            for (int t = 0; t < taps; t++) {
                for (int c = 0; c < channels; c++) {
                    target[at++] = source[row + c * taps + t];
                }
            }
        }
    }
}
