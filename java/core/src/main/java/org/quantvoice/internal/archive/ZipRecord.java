package org.quantvoice.internal.archive;

/**
 * A part of a zip file, by what the file's directory says of it.
 *
 * @param name with its folders
 * @param deflated whether its bytes are compressed
 * @param stored bytes in the file
 * @param bytes of its content
 * @param crc checksum of its content
 * @param header where its own header stands in the file
 * @param start where its bytes start
 */
public record ZipRecord(String name, boolean deflated, long stored, long bytes, long crc, long header, long start) {
    /** Where its bytes end. */
    public long end() {
        return start + stored;
    }
}
