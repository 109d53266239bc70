package org.quantvoice.internal.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.QuantVoiceException;

public class NpyFilesTest {
    private static final Path REF = Path.of(System.getProperty("quantvoice.root"), "models/digits/ref");

    @TempDir
    Path dir;

    @Test
    void readsWhatNumpyWroteAndWritesTheSameBytes() throws IOException {
        Path numpys = REF.resolve("test-george-00.npy");
        NpyArray logProbs = NpyFiles.read(numpys);
        int columns = logProbs.shape()[logProbs.shape().length - 1];
        assertThat(columns).isEqualTo(17);
        double sum = IntStream.range(0, columns)
                .mapToDouble(v -> Math.exp(logProbs.data()[v]))
                .sum();
        assertThat(sum).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
        Path ours = dir.resolve("ours.npy");
        NpyFiles.write(ours, logProbs);
        assertThat(ours).hasSameBinaryContentAs(numpys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "5", "0", "2,3", "1,0,7", "2,1,2,1,2,1,2,1"})
    void roundTrip(String axes) {
        int[] shape = axes.isEmpty()
                ? new int[0]
                : Arrays.stream(axes.split(",")).mapToInt(Integer::parseInt).toArray();
        float[] data = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, data.length).forEach(i -> data[i] = i == 0 ? Float.NaN : -1.5f * i);
        Path file = dir.resolve("a.npy");
        NpyFiles.write(file, new NpyArray(data, shape));
        NpyArray back = NpyFiles.read(file);
        assertThat(back.shape()).isEqualTo(shape);
        assertThat(back.data()).isEqualTo(data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }; type <f8",
                "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }; type >f4",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }; Fortran order",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }; 8 bytes for shape [3]",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }; 8 bytes for shape [1]",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 2), }; 8 bytes for shape",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 0), }; 8 bytes for shape",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }; axis of '99999999999'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }; 9 axes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }; without 'shape'",
                "{'descr': '<f4', 'shape': (2,), }; without 'fortran_order'",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }; without 'descr'",
            })
    void refusesWhatItCannotRepresent(String header, String got) throws IOException {
        Path file = Files.write(dir.resolve("bad.npy"), npy(header, new byte[8]));
        assertThatThrownBy(() -> NpyFiles.read(file))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining(got);
    }

    @Test
    void missingFileAndFolder() {
        assertThatThrownBy(() -> NpyFiles.read(dir.resolve("none.npy")))
                .isInstanceOf(NpyException.class)
                .hasMessageContaining("no file at");
        assertThatThrownBy(() -> NpyFiles.read(dir)).isInstanceOf(NpyException.class);
    }

    @Test
    void damageIsNoticedOrHarmless() throws IOException {
        byte[] whole = Files.readAllBytes(REF.resolve("test-george-00.npy"));
        Path file = dir.resolve("damaged.npy");
        for (int length = 0; length < whole.length; length += length < 140 ? 1 : 1009) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> NpyFiles.read(file)).as("cut at " + length).isInstanceOf(NpyException.class);
        }
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            int at = random.nextInt(128);
            damaged[at] = (byte) random.nextInt(256);
            Files.write(file, damaged);
            try {
                assertThat(NpyFiles.read(file).data()).hasSize((whole.length - 128) / 4);
            } catch (QuantVoiceException refused) {
                assertThat(refused).as("byte " + at + " = " + damaged[at]).isInstanceOf(NpyException.class);
            }
        }
    }

    private static byte[] npy(String header, byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(data);
        return out.toByteArray();
    }
}
