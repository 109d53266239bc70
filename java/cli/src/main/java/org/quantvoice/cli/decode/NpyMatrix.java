package org.quantvoice.cli.decode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.error.DecoderException;

/** Reads a float32 matrix in NumPy's format, little endian, C order. */
final class NpyMatrix {
    private static final int PREAMBLE = 10;
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\((\\d{1,9}),\\s*(\\d{1,9})\\s*,?\\)");

    private NpyMatrix() {}

    static LogProbs read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() < PREAMBLE || bytes.get(0) != (byte) 0x93 || bytes.get(1) != 'N') {
            throw refused(file, "no NumPy file");
        }
        boolean longHeader = bytes.get(6) >= 2;
        int from = longHeader ? 12 : PREAMBLE;
        int length = longHeader ? bytes.getInt(8) : Short.toUnsignedInt(bytes.getShort(8));
        if (length < 0 || from + (long) length > bytes.capacity()) {
            throw refused(file, "a header that is cut short");
        }
        String header = new String(bytes.array(), from, length, StandardCharsets.ISO_8859_1);
        Matcher shape = SHAPE.matcher(header);
        if (!header.contains("'<f4'") || header.contains("'fortran_order': True") || !shape.find()) {
            throw refused(file, "the header " + header.trim());
        }
        int frames = Integer.parseInt(shape.group(1));
        int size = Integer.parseInt(shape.group(2));
        bytes.position(from + length);
        if ((long) frames * size * Float.BYTES != bytes.remaining()) {
            throw refused(file, bytes.remaining() + " bytes for shape [" + frames + ", " + size + "]");
        }
        float[] data = new float[frames * size];
        bytes.asFloatBuffer().get(data);
        return new LogProbs(data, frames, size);
    }

    private static DecoderException refused(Path file, String got) {
        return new DecoderException(
                got + " in " + file.getFileName(),
                "a float32 matrix, little endian, C order",
                "save it again with numpy");
    }
}
