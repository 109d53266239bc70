package org.quantvoice.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.quantvoice.error.ModelFormatException;

/**
 * A zip file that can be read in one way only (see {@link ZipDirectory}): its parts do not overlap, and each name
 * occurs once. Not thread-safe.
 */
public final class ZipArchive implements AutoCloseable {
    private static final int MOST_NAME_BYTES = 512;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String CURE = "copy or export the file again";

    private final Path file;
    private final FileChannel channel;
    private final Map<String, ZipRecord> records = new LinkedHashMap<>();

    private ZipArchive(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads the directory of a file.
     *
     * @throws ModelFormatException if it is no zip file, is cut, or can be read in two ways
     */
    public static ZipArchive open(Path file) throws IOException {
        return open(file, 0, Files.size(file));
    }

    /**
     * Reads the directory of a zip file that is stored uncompressed in another file.
     *
     * @param from position at which it begins
     * @param bytes number of its bytes
     */
    public static ZipArchive open(Path file, long from, long bytes) throws IOException {
        FileChannel channel = FileChannel.open(file);
        try {
            ZipArchive archive = new ZipArchive(file, channel);
            archive.readDirectory(new ZipDirectory(file, channel, from, bytes));
            return archive;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readDirectory(ZipDirectory directory) throws IOException {
        List<ZipRecord> all = directory.read();
        Map<String, String> spellings = new LinkedHashMap<>();
        for (ZipRecord record : all) {
            requirePlain(record.name());
            String other = spellings.put(record.name().toLowerCase(Locale.ROOT), record.name());
            if (other != null) {
                throw refused("two parts of the name '" + other + "'");
            }
            records.put(record.name(), record);
        }
        List<ZipRecord> byPlace = new ArrayList<>(all);
        byPlace.sort(Comparator.comparingLong(ZipRecord::header));
        for (int i = 1; i < byPlace.size(); i++) {
            if (byPlace.get(i).header() < byPlace.get(i - 1).end()) {
                throw refused("parts '" + byPlace.get(i - 1).name() + "' and '"
                        + byPlace.get(i).name() + "' in the same place");
            }
        }
    }

    private void requirePlain(String name) {
        boolean plain = !name.isEmpty()
                && name.length() < MOST_NAME_BYTES
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7F || c == '\\' || c == 0xFFFD)
                && !name.startsWith("/")
                && !("/" + name + "/").contains("/../");
        if (!plain) {
            throw refused("a part of the name '" + Part.printable(name) + "'");
        }
    }

    /** Returns all parts in the order of the directory. */
    public List<ZipRecord> records() {
        return List.copyOf(records.values());
    }

    /** Finds a part by name. */
    public Optional<ZipRecord> find(String name) {
        return Optional.ofNullable(records.get(name));
    }

    /**
     * Returns the content of a part, after checking its checksum.
     *
     * @param mostBytes largest number of bytes that it may have
     */
    public byte[] read(ZipRecord record, int mostBytes) throws IOException {
        if (record.bytes() > mostBytes) {
            throw refused(String.format(
                    Locale.ROOT, "a part '%s' of %,d bytes (at most %,d)", record.name(), record.bytes(), mostBytes));
        }
        byte[] content = new byte[(int) record.bytes()];
        ByteBuffer target = ByteBuffer.wrap(content);
        CRC32 crc = new CRC32();
        boolean whole = stream(record, (bytes, count) -> {
            target.put(bytes, 0, count);
            crc.update(bytes, 0, count);
        });
        if (!whole || crc.getValue() != record.crc()) {
            throw damaged(record);
        }
        return content;
    }

    /** Makes sure that a compressed part has as many bytes as the directory says. */
    public void requireLength(ZipRecord record) throws IOException {
        if (record.deflated() && !stream(record, (bytes, count) -> {})) {
            throw damaged(record);
        }
    }

    @FunctionalInterface
    private interface Sink {
        void take(byte[] bytes, int count);
    }

    /**
     * Passes the content on piece by piece, but no more bytes than the directory says; returns whether the content is
     * exactly that long.
     */
    private boolean stream(ZipRecord record, Sink sink) throws IOException {
        Inflater inflater = record.deflated() ? new Inflater(true) : null;
        try {
            byte[] packed = new byte[BUFFER_BYTES];
            byte[] plain = new byte[BUFFER_BYTES];
            long given = 0;
            for (long at = record.start(); at < record.end(); ) {
                int count = fill(packed, at, (int) Math.min(packed.length, record.end() - at));
                at += count;
                if (inflater == null) {
                    sink.take(packed, count);
                    given += count;
                    continue;
                }
                inflater.setInput(packed, 0, count);
                for (int n = inflater.inflate(plain); n > 0; n = inflater.inflate(plain)) {
                    given += n;
                    if (given > record.bytes()) {
                        return false;
                    }
                    sink.take(plain, n);
                }
            }
            return given == record.bytes()
                    && (inflater == null || (inflater.finished() && inflater.getRemaining() == 0));
        } catch (DataFormatException e) {
            throw damaged(record);
        } finally {
            if (inflater != null) {
                inflater.end();
            }
        }
    }

    private int fill(byte[] target, long at, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, 0, count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw refused("fewer bytes than a moment ago");
            }
        }
        return count;
    }

    private ModelFormatException damaged(ZipRecord record) {
        return new ModelFormatException(
                "damaged part " + record.name() + " in " + file,
                record.bytes() + " bytes with the stored checksum",
                CURE);
    }

    private ModelFormatException refused(String got) {
        return new ModelFormatException(
                file + " with " + got, "a file as torch.save or torch.jit.save writes it", CURE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
