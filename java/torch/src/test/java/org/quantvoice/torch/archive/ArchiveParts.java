package org.quantvoice.torch.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The parts of a TorchScript file, to be changed and written again with right checksums. */
public final class ArchiveParts {
    private final Map<String, byte[]> parts = new LinkedHashMap<>();

    /** @param name of a file in the test resources */
    public static ArchiveParts of(String name) throws IOException {
        return of(Path.of(System.getProperty("quantvoice.root"), "java/torch/src/test/resources", name));
    }

    static ArchiveParts of(Path file) throws IOException {
        ArchiveParts read = new ArchiveParts();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                read.parts.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return read;
    }

    /** The whole name of the part that ends so. */
    String name(String end) {
        return parts.keySet().stream().filter(n -> n.endsWith(end)).findFirst().orElseThrow();
    }

    byte[] get(String end) {
        return parts.get(name(end));
    }

    ArchiveParts put(String whole, byte[] content) {
        parts.put(whole, content);
        return this;
    }

    ArchiveParts remove(String end) {
        parts.remove(name(end));
        return this;
    }

    /** Changes the part whose name ends so. */
    ArchiveParts edit(String end, UnaryOperator<byte[]> change) {
        parts.computeIfPresent(name(end), (n, content) -> change.apply(content));
        return this;
    }

    public ArchiveParts editText(String end, UnaryOperator<String> change) {
        return edit(
                end, b -> change.apply(new String(b, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the parts as they are. */
    public Path store(Path file) throws IOException {
        return write(file, false);
    }

    /** Writes them compressed. */
    Path deflate(Path file) throws IOException {
        return write(file, true);
    }

    private Path write(Path file, boolean deflated) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                ZipEntry entry = new ZipEntry(part.getKey());
                if (!deflated) {
                    CRC32 crc = new CRC32();
                    crc.update(part.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(part.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                out.putNextEntry(entry);
                out.write(part.getValue());
            }
        }
        return file;
    }

    /** Bytes with all occurrences of some replaced. */
    static byte[] replace(byte[] bytes, byte[] from, byte[] to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String changed = text.replace(latin(from), latin(to));
        if (changed.equals(text)) {
            throw new IllegalArgumentException("got bytes that are not there; expected some to replace");
        }
        return changed.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin(byte... bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
