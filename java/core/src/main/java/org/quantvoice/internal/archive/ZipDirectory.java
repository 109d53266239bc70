package org.quantvoice.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quantvoice.error.ModelFormatException;

/**
 * Reads the directory at the end of a zip file. It accepts only files that can be read in one way, so that the
 * content checked here is the content that libtorch reads: there is no comment, there are no bytes before or between
 * the parts that another reader could take for the directory, and each part's own header agrees with its entry.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int MOST_DIRECTORY_BYTES = 256 << 20;
    private static final long ELSEWHERE = 0xFFFFFFFFL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    /** Flags of encryption, patches, and a directory whose entries are masked. */
    private static final int STRANGE_FLAGS = 1 | 1 << 5 | 1 << 6 | 1 << 13;

    private final Path file;
    private final FileChannel channel;
    private final long base;
    private final long size;

    /**
     * @param base position of the zip file in the file
     * @param size number of its bytes
     */
    ZipDirectory(Path file, FileChannel channel, long base, long size) {
        this.file = file;
        this.channel = channel;
        this.base = base;
        this.size = size;
    }

    /** Position, length and number of entries of the directory. */
    private record Place(long start, long bytes, long entries) {}

    /** Returns all parts in the order of the directory, with their positions in the whole file. */
    List<ZipRecord> read() throws IOException {
        Place place = place();
        if (place.bytes() > MOST_DIRECTORY_BYTES || place.start() < 0 || place.bytes() < 0) {
            throw damaged("a directory of " + place.bytes() + " bytes");
        }
        ByteBuffer directory = bytes(place.start(), (int) place.bytes());
        List<ZipRecord> records = new ArrayList<>();
        while (directory.hasRemaining()) {
            records.add(entry(directory, place.start()));
        }
        if (records.size() != place.entries()) {
            throw damaged("a directory of " + records.size() + " parts that says " + place.entries());
        }
        return records;
    }

    private Place place() throws IOException {
        ByteBuffer end = bytes(size - END_BYTES, END_BYTES);
        if (end.getInt(0) != END) {
            throw damaged("no zip directory at its end");
        }
        Place place = new Place(u32(end, 16), u32(end, 12), u16(end, 10));
        long behind = size - END_BYTES;
        if (behind >= LOCATOR_BYTES && bytes(behind - LOCATOR_BYTES, 4).getInt(0) == LOCATOR) {
            Place large = large(behind - LOCATOR_BYTES);
            if (!agrees(place.start(), large.start(), ELSEWHERE)
                    || !agrees(place.bytes(), large.bytes(), ELSEWHERE)
                    || !agrees(place.entries(), large.entries(), 0xFFFF)) {
                throw damaged("two zip directories");
            }
            place = large;
            behind -= LOCATOR_BYTES + END64_BYTES;
        }
        boolean one = u16(end, 4) == 0 && u16(end, 6) == 0 && u16(end, 20) == 0;
        if (!one || place.start() + place.bytes() != behind) {
            throw damaged("a zip directory elsewhere than at its end");
        }
        return place;
    }

    private Place large(long locator) throws IOException {
        long at = bytes(locator, LOCATOR_BYTES).getLong(8);
        if (at != locator - END64_BYTES) {
            throw damaged("a zip directory elsewhere than at its end");
        }
        ByteBuffer end = bytes(at, END64_BYTES);
        if (end.getInt(0) != END64 || end.getInt(16) != 0 || end.getInt(20) != 0) {
            throw damaged("a damaged zip directory");
        }
        return new Place(end.getLong(48), end.getLong(40), end.getLong(32));
    }

    private static boolean agrees(long small, long large, long elsewhere) {
        return small == large || small == elsewhere;
    }

    private ZipRecord entry(ByteBuffer directory, long end) throws IOException {
        int at = directory.position();
        if (directory.remaining() < ENTRY_BYTES || directory.getInt(at) != ENTRY) {
            throw damaged("a damaged zip directory");
        }
        int nameBytes = u16(directory, at + 28);
        int extraBytes = u16(directory, at + 30);
        int whole = ENTRY_BYTES + nameBytes + extraBytes + u16(directory, at + 32);
        if (directory.remaining() < whole) {
            throw damaged("a damaged zip directory");
        }
        byte[] name = new byte[nameBytes];
        directory.get(at + ENTRY_BYTES, name);
        long[] wide = wide(directory, at, at + ENTRY_BYTES + nameBytes, extraBytes);
        directory.position(at + whole);
        String text = new String(name, StandardCharsets.UTF_8);
        int method = u16(directory, at + 10);
        if ((u16(directory, at + 8) & STRANGE_FLAGS) != 0 || (method != STORED && method != DEFLATED)) {
            throw damaged("a part '" + Part.printable(text) + "' that is encrypted or packed in a way of its own");
        }
        long start = start(name, method, wide[2], end);
        if (wide[0] < 0 || wide[1] < 0 || wide[1] > end - start || (method == STORED && wide[0] != wide[1])) {
            throw damaged("a part '" + Part.printable(text) + "' of " + wide[0] + " bytes, packed " + wide[1] + ", at "
                    + start);
        }
        long crc = u32(directory, at + 16);
        return new ZipRecord(text, method == DEFLATED, wide[1], wide[0], crc, base + wide[2], base + start);
    }

    /**
     * Returns the content's size, the stored size and the position of the header; they are in the extra field if they
     * do not fit the entry.
     */
    private long[] wide(ByteBuffer directory, int entry, int extra, int extraBytes) {
        long[] values = {u32(directory, entry + 24), u32(directory, entry + 20), u32(directory, entry + 42)};
        int at = extra;
        int end = extra + extraBytes;
        while (at + 4 <= end) {
            int fieldEnd = at + 4 + u16(directory, at + 2);
            if (fieldEnd > end) {
                throw damaged("a damaged zip directory");
            }
            if (u16(directory, at) == 1) {
                int next = at + 4;
                for (int i = 0; i < values.length; i++) {
                    if (values[i] == ELSEWHERE) {
                        if (next + 8 > fieldEnd) {
                            throw damaged("a damaged zip directory");
                        }
                        values[i] = directory.getLong(next);
                        next += 8;
                    }
                }
            }
            at = fieldEnd;
        }
        return values;
    }

    /** Returns the position of a part's bytes from its own header, which must describe the same part. */
    private long start(byte[] name, int method, long header, long end) throws IOException {
        if (header < 0 || header > end - LOCAL_BYTES - name.length) {
            throw damaged("a part beyond the end of the file");
        }
        ByteBuffer local = bytes(header, LOCAL_BYTES + name.length);
        byte[] again = new byte[name.length];
        local.get(LOCAL_BYTES, again);
        if (local.getInt(0) != LOCAL
                || u16(local, 8) != method
                || u16(local, 26) != name.length
                || !java.util.Arrays.equals(name, again)) {
            throw damaged("a zip directory whose parts are others than those in the file");
        }
        return header + LOCAL_BYTES + name.length + u16(local, 28);
    }

    private ByteBuffer bytes(long at, int count) throws IOException {
        if (at < 0 || count > size - at) {
            throw damaged("no zip directory");
        }
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, base + at + buffer.position()) < 0) {
                throw damaged("a shorter length than a moment ago");
            }
        }
        return buffer.flip();
    }

    private static int u16(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xFFFF;
    }

    private static long u32(ByteBuffer bytes, int at) {
        return bytes.getInt(at) & 0xFFFFFFFFL;
    }

    private ModelFormatException damaged(String got) {
        return new ModelFormatException(
                file + " with " + got + " (damaged or missing zip directory)",
                "a whole file, as torch.save or torch.jit.save writes it",
                "copy or export the file again");
    }
}
