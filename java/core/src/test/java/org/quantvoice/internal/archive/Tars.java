package org.quantvoice.internal.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes tar files for tests. */
public final class Tars {
    private static final int BLOCK = 512;

    private Tars() {}

    /** An archive of files. */
    public static byte[] of(Map<String, byte[]> files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        files.forEach((name, content) -> out.writeBytes(entry(name, '0', content)));
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    /** The files of an archive, by name; the map may be changed. */
    public static Map<String, byte[]> files(byte[] archive) throws IOException {
        Path file = Files.write(Files.createTempFile("tars", ".tar"), archive);
        try {
            TarArchive tar = TarArchive.open(file);
            Map<String, byte[]> files = new LinkedHashMap<>();
            for (TarArchive.Entry entry : tar.entries()) {
                files.put(entry.name(), tar.read(entry, 1 << 20));
            }
            return files;
        } finally {
            Files.delete(file);
        }
    }

    /** A header with its content, filled up to whole blocks. */
    static byte[] entry(String name, char type, byte... content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0000001750\0000001750\0");
        put(header, 124, String.format(Locale.ROOT, "%011o", content.length));
        put(header, 136, "00000000000");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        sign(header);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return out.toByteArray();
    }

    /** Writes the checksum of a header. */
    static void sign(byte[] header) {
        put(header, 148, "        ");
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += header[i] & 0xFF;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
