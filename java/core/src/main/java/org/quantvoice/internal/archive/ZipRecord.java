package org.quantvoice.internal.archive;

/**
 * A part of a zip file, as the file's directory describes it.
 *
 * @param name with its folders
 * @param deflated whether its bytes are compressed
 * @param stored number of bytes in the file
 * @param bytes number of bytes of its content
 * @param crc checksum of its content
 * @param header position of its own header
 * @param start position of its bytes
 */
public record ZipRecord(String name, boolean deflated, long stored, long bytes, long crc, long header, long start) {
    /** Returns the position behind its bytes. */
    public long end() {
        return start + stored;
    }
}
