package org.quantvoice.lm;

/** Divides a mapped file into its parts, one after the other; a part that the file cannot hold is refused by name. */
final class FileRegion {
    private final MappedFile file;
    private long position;

    FileRegion(MappedFile file, long position) {
        this.file = file;
        this.position = position;
    }

    MappedFile file() {
        return file;
    }

    long position() {
        return position;
    }

    /** Takes the next part and returns its position. */
    long take(long bytes, String part) {
        if (bytes < 0 || bytes > file.size() - position) {
            throw file.error(
                    position,
                    part + " of " + bytes + " bytes in a file of " + file.size(),
                    "at most " + Math.max(0, file.size() - position) + " bytes",
                    "the header lies or the file is cut short: copy or build it again");
        }
        long from = position;
        position += bytes;
        return from;
    }
}
