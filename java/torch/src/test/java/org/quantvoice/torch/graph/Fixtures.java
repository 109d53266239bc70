package org.quantvoice.torch.graph;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.graph.ArrayTensor;

/** Models and recorded results; see src/test/python/graph_fixtures.py. */
final class Fixtures {

    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

    private Fixtures() {}

    static Path path(String name) {
        URL url = Objects.requireNonNull(Fixtures.class.getResource("/graph/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path digits(String name) {
        return Path.of(System.getProperty("quantvoice.root"), "models", "digits", name);
    }

    /** A tensor of float32, int64 or bool from a file in NumPy's format. */
    static ArrayTensor npy(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = bytes.getShort(8);
            String header = new String(bytes.array(), 10, headerLength, StandardCharsets.US_ASCII);
            Matcher matcher = SHAPE.matcher(header);
            if (!matcher.find() || header.contains("'fortran_order': True")) {
                throw new IllegalStateException("cannot read " + file + ": " + header);
            }
            long[] shape = Arrays.stream(matcher.group(1).split(",\\s*"))
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            ByteBuffer data = bytes.position(10 + headerLength).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (header.contains("<f4")) {
                float[] floats = new float[data.remaining() / 4];
                data.asFloatBuffer().get(floats);
                return ArrayTensor.of(floats, shape);
            }
            long[] longs = new long[data.remaining() / 8];
            data.asLongBuffer().get(longs);
            return ArrayTensor.of(longs, shape);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ArrayTensor npy(String name) {
        return npy(path(name));
    }

    /** Raw 16-bit samples as {@code [1, T]} in [-1, 1). */
    static ArrayTensor utterance(String name) {
        try (InputStream in = Files.newInputStream(path(name + ".s16"))) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            float[] samples = new float[bytes.remaining() / 2];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = bytes.getShort(2 * i) / 32768f;
            }
            return ArrayTensor.of(samples, 1, samples.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
