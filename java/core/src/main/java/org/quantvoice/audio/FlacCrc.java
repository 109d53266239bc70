package org.quantvoice.audio;

/**
 * Computes the two checksums of a FLAC frame: CRC-8 (x^8 + x^2 + x + 1) of its header, and CRC-16 (x^16 + x^15 + x^2
 * + 1) of the whole frame.
 */
final class FlacCrc {
    private static final int[] CRC_8 = table(0x07, 8);
    private static final int[] CRC_16 = table(0x8005, 16);

    private FlacCrc() {}

    static int crc8(byte[] bytes, int from, int to) {
        int crc = 0;
        for (int i = from; i < to; i++) {
            crc = CRC_8[crc ^ bytes[i] & 0xff];
        }
        return crc;
    }

    /**
     * Continues a CRC-16.
     *
     * @param before the checksum of the bytes before; 0 at the start
     */
    static int crc16(int before, byte[] bytes, int from, int to) {
        int crc = before;
        for (int i = from; i < to; i++) {
            crc = CRC_16[crc >>> 8 ^ bytes[i] & 0xff] ^ crc << 8 & 0xffff;
        }
        return crc;
    }

    private static int[] table(int polynomial, int width) {
        int top = 1 << (width - 1);
        int mask = (1 << width) - 1;
        int[] table = new int[256];
        for (int value = 0; value < table.length; value++) {
            int crc = value << (width - 8);
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & top) == 0 ? crc << 1 : crc << 1 ^ polynomial;
            }
            table[value] = crc & mask;
        }
        return table;
    }
}
