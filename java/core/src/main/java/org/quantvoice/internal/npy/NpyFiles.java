package org.quantvoice.internal.npy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.quantvoice.internal.files.AtomicFile;

/** Reads and writes {@code .npy} files, format versions 1 to 3 in, version 1 out. */
public final class NpyFiles {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final String CURE = "write it with numpy.save(path, array.astype('<f4'))";

    private NpyFiles() {}

    /**
     * Reads an array.
     *
     * @throws NpyException if the file is missing, damaged, or not little-endian float32 in C order
     */
    public static NpyArray read(Path file) {
        ByteBuffer bytes = bytes(file).order(ByteOrder.LITTLE_ENDIAN);
        NpyHeader header = header(bytes, file);
        if (!header.type().equals("<f4") || header.columnMajor()) {
            String order = header.columnMajor() ? " in Fortran order" : "";
            throw new NpyException(file + " of type " + header.type() + order, "<f4 in C order", CURE, null);
        }
        long size = Arrays.stream(header.shape()).asLongStream().reduce(1, NpyFiles::product);
        if (size != bytes.remaining() / Float.BYTES || bytes.remaining() % Float.BYTES != 0) {
            throw new NpyException(
                    file + " with " + bytes.remaining() + " bytes for shape " + Arrays.toString(header.shape()),
                    Float.BYTES + " bytes a value",
                    "check that the file is whole",
                    null);
        }
        float[] data = new float[(int) size];
        bytes.asFloatBuffer().get(data);
        return new NpyArray(data, header.shape());
    }

    /** Returns the product, or -1 if it exceeds the size of an array. */
    private static long product(long a, long b) {
        return a < 0 || a * b > Integer.MAX_VALUE ? -1 : a * b;
    }

    private static ByteBuffer bytes(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new NpyException("no file at " + file, "a .npy file", "check the path", e);
        } catch (IOException | OutOfMemoryError e) {
            throw new NpyException(file + ", which cannot be read: " + e, "a .npy file", "check the path", e);
        }
    }

    private static NpyHeader header(ByteBuffer bytes, Path file) {
        byte[] magic = new byte[Math.min(MAGIC.length, bytes.remaining())];
        bytes.get(magic);
        int version = bytes.remaining() < 4 ? 0 : bytes.getShort() & 0xFF;
        if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
            throw new NpyException(file + " without the mark of a .npy file", "version 1 to 3", CURE, null);
        }
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        long length = -1;
        if (bytes.remaining() >= lengthBytes) {
            length = version == 1 ? Short.toUnsignedLong(bytes.getShort()) : Integer.toUnsignedLong(bytes.getInt());
        }
        if (length < 0 || length > bytes.remaining()) {
            throw new NpyException(file + " cut off in its header", "a whole file", "copy it again", null);
        }
        byte[] text = new byte[(int) length];
        bytes.get(text);
        return NpyHeader.parse(new String(text, StandardCharsets.UTF_8));
    }

    /**
     * Writes an array, atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays unchanged
     */
    public static void write(Path file, NpyArray array) {
        String axes = Arrays.stream(array.shape()).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String shape = array.shape().length == 1 ? "(" + axes + ",)" : "(" + axes + ")";
        String dict = String.format(Locale.ROOT, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape);
        int prefix = MAGIC.length + 2 + Short.BYTES;
        int padded = (prefix + dict.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - prefix;
        ByteBuffer head = ByteBuffer.allocate(prefix + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded);
        head.put((dict + " ".repeat(padded - dict.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        ByteBuffer body = ByteBuffer.allocate(array.data().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.asFloatBuffer().put(array.data());
        AtomicFile.write(file, out -> {
            out.write(head.array());
            out.write(body.array());
        });
    }
}
