package org.quantvoice.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;

/**
 * Reads the directory of a tar file (POSIX ustar, with the long names of pax and GNU). Files are found by name and
 * read in place; nothing is unpacked. Immutable.
 */
public final class TarArchive {
    private static final int BLOCK = 512;
    private static final int MAGIC_AT = 257;
    private static final String MAGIC = "ustar";
    private static final int MOST_EXTRA_BYTES = 1 << 20;
    private static final int MOST_FILES = 1 << 16;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final String CURE = "copy or download the file again";

    /**
     * A file in the archive.
     *
     * @param name with its folders, without a leading {@code ./}
     * @param start position of its bytes in the archive
     * @param bytes number of its bytes
     */
    public record Entry(String name, long start, long bytes) {}

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private TarArchive(Path file) {
        this.file = file;
    }

    /** Returns whether the first bytes of a file are those of a tar file; {@code head} has 512 bytes or fewer. */
    public static boolean looksLikeTar(byte... head) {
        return head.length >= MAGIC_AT + MAGIC.length()
                && new String(head, MAGIC_AT, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC);
    }

    /**
     * Reads the headers of a file.
     *
     * @throws ModelFormatException if it is no tar file, is cut, or names files outside of it
     */
    public static TarArchive open(Path file) throws IOException {
        TarArchive archive = new TarArchive(file);
        try (FileChannel channel = FileChannel.open(file)) {
            archive.readHeaders(channel);
        }
        return archive;
    }

    /** Returns all files, in order. */
    public Collection<Entry> entries() {
        return entries.values();
    }

    /** Finds a file by its full name. */
    public Optional<Entry> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * Returns the bytes of a small file.
     *
     * @param most largest number of bytes that it may have
     */
    public byte[] read(Entry entry, int most) throws IOException {
        if (entry.bytes() > most) {
            throw refused(entry.name() + " of " + entry.bytes() + " bytes", "at most " + most);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return bytes(channel, entry.start(), (int) entry.bytes()).array();
        }
    }

    private void readHeaders(FileChannel channel) throws IOException {
        String longName = null;
        for (long at = 0; ; ) {
            byte[] header = bytes(channel, at, BLOCK).array();
            if (isEmpty(header)) {
                return;
            }
            requireChecksum(header, at);
            long size = number(header, 124, 12);
            long start = at + BLOCK;
            if (size > channel.size() - start) {
                throw refused("a file of " + size + " bytes at " + start + ", behind its end", "a whole tar file");
            }
            char type = (char) (header[156] & 0xFF);
            if (type == 'x' || type == 'L') {
                byte[] extra = bytes(channel, start, small(size)).array();
                String name = type == 'L' ? text(extra, 0, extra.length) : paxName(extra);
                longName = name == null ? longName : name;
            } else {
                add(type, longName == null ? name(header) : longName, start, size);
                longName = null;
            }
            at = start + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
    }

    private void add(char type, String rawName, long start, long size) {
        if (type == 'g' || type == '5') {
            return; // global remarks and folders are skipped
        }
        String name = rawName.startsWith("./") ? rawName.substring(2) : rawName;
        boolean plain = !name.isEmpty()
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7F || c == '\\' || c == 0xFFFD)
                && !name.startsWith("/")
                && !("/" + name + "/").contains("/../");
        if (!plain) {
            throw refused("a file of the name '" + Part.printable(name) + "'", "names of files inside of the archive");
        }
        if (type != '0' && type != 0) {
            throw refused("'" + name + "', a link or another thing that is no file", "files");
        }
        if (entries.put(name, new Entry(name, start, size)) != null || entries.size() > MOST_FILES) {
            throw refused("two files of the name '" + name + "', or too many", "each name once");
        }
    }

    private int small(long size) {
        if (size > MOST_EXTRA_BYTES) {
            throw refused("a name of " + size + " bytes", "at most " + MOST_EXTRA_BYTES);
        }
        return (int) size;
    }

    /**
     * Returns the path from records "length key=value\n"; null if there is none. A record with a size is refused,
     * since no file needs one.
     */
    private @org.jspecify.annotations.Nullable String paxName(byte... extra) {
        String name = null;
        for (int at = 0; at < extra.length; ) {
            int space = at;
            while (space < extra.length && extra[space] != ' ') {
                space++;
            }
            int length = decimal(text(extra, at, space - at));
            if (length <= space - at + 1 || length > extra.length - at) {
                throw refused("a damaged pax header", "records of length, key and value");
            }
            String record = text(extra, space + 1, at + length - space - 2);
            if (record.startsWith("path=")) {
                name = record.substring("path=".length());
            } else if (record.startsWith("size=") || record.startsWith("GNU.sparse")) {
                throw refused("a sparse file, or one whose size stands in a pax header", "plain files below 8 GB");
            }
            at += length;
        }
        return name;
    }

    private int decimal(String digits) {
        if (!digits.matches("[0-9]{1,7}")) {
            throw refused("a damaged pax header", "records of length, key and value");
        }
        return Integer.parseInt(digits);
    }

    /** Reads a number in octal digits or, with the first bit set, in binary. */
    private long number(byte[] header, int from, int count) {
        if ((header[from] & 0x80) != 0) {
            long value = ByteBuffer.wrap(header).getLong(from + count - Long.BYTES);
            if (value < 0) {
                throw refused("a file of negative size", "a whole tar file");
            }
            return value;
        }
        String digits = text(header, from, count).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw refused("the size '" + Part.printable(digits) + "'", "octal digits");
        }
        return Long.parseLong(digits, 8);
    }

    private void requireChecksum(byte[] header, long at) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean itself = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += itself ? ' ' : header[i] & 0xFF;
        }
        if (sum != number(header, CHECKSUM_AT, CHECKSUM_BYTES)) {
            throw refused(
                    String.format(Locale.ROOT, "a header at byte %,d whose checksum is another", at),
                    "a whole tar file");
        }
    }

    private static String name(byte[] header) {
        String prefix = text(header, 345, 155);
        String name = text(header, 0, 100);
        boolean posix = header[MAGIC_AT + MAGIC.length()] == 0; // GNU stores other fields where POSIX has the prefix
        return posix && !prefix.isEmpty() ? prefix + "/" + name : name;
    }

    /** Returns the text up to the first zero byte. */
    private static String text(byte[] bytes, int from, int most) {
        int end = from;
        while (end < from + most && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }

    private static boolean isEmpty(byte... header) {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw refused("an end at byte " + channel.size(), "a whole tar file");
            }
        }
        return buffer.flip();
    }

    private ModelFormatException refused(String got, String expected) {
        return new ModelFormatException(file + ", a tar file with " + got, expected, CURE);
    }
}
