package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.npy.NpyFiles;

class RunCommandTest {
    @TempDir
    Path dir;

    private Path samples(String id, int... shape) {
        float[] samples =
                AudioFiles.read(Qv.DIGITS.resolve("test/" + id + ".flac")).samples();
        Path in = dir.resolve("in.npy");
        NpyFiles.write(in, new NpyArray(samples, shape.length == 0 ? new int[] {samples.length} : shape));
        return in;
    }

    @ParameterizedTest
    @CsvSource({"test-george-00,LIBTORCH", "test-jackson-04,LIBTORCH", "test-nicolas-12,NATIVE"})
    void logProbsAreThoseOfPyTorch(String id, String engine) {
        Path out = dir.resolve("out.npy");
        Qv.Result result =
                Qv.run("run", samples(id), "-o", out, "--model", Qv.FLOAT, "--engine", engine, "--threads", 1);
        assertThat(result.code()).as(result.toString()).isZero();
        NpyArray ours = NpyFiles.read(out);
        NpyArray reference = NpyFiles.read(Qv.DIGITS.resolve("ref/" + id + ".npy"));
        assertThat(ours.shape()).isEqualTo(reference.shape());
        assertThat(ours.data()).usingComparatorWithPrecision(1e-4f).containsExactly(reference.data());
    }

    @Test
    void aBatchIsRunRowByRow() {
        float[] samples =
                AudioFiles.read(Qv.DIGITS.resolve("test/test-george-02.flac")).samples();
        float[] twice = new float[2 * samples.length];
        System.arraycopy(samples, 0, twice, 0, samples.length);
        for (int i = 0; i < samples.length; i++) {
            twice[samples.length + i] = samples[samples.length - 1 - i];
        }
        Path in = dir.resolve("batch.npy");
        NpyFiles.write(in, new NpyArray(twice, 2, samples.length));
        Path out = dir.resolve("out.npy");
        Qv.Result result = Qv.run("run", in, "-o", out, "--json", "--threads", 1);
        NpyArray both = NpyFiles.read(out);
        assertThat(both.shape()).hasSize(3).startsWith(2);
        assertThat(result.json().get("shape")).hasSize(3);
        Qv.run("run", samples("test-george-02"), "-o", out, "--threads", 1);
        NpyArray single = NpyFiles.read(out);
        for (int i = 0; i < single.data().length; i++) {
            assertThat(both.data()[i]).as("value " + i).isCloseTo(single.data()[i], within(1e-6f));
        }
        assertThat(both.data()[single.data().length]).isNotEqualTo(single.data()[0]);
    }

    @Test
    void needsNoTokenList() throws Exception {
        Path model = Files.copy(Qv.DIGITS.resolve("model/digits-float.pt"), dir.resolve("alone.pt"));
        Path out = dir.resolve("out.npy");
        Path in = samples("test-george-02");
        assertThat(Qv.run("run", "--model", model, in, "-o", out, "--threads", 1)
                        .code())
                .isZero();
        assertThat(Qv.run("transcribe", "--model", model, in).err()).contains("without a token list");
    }

    @Test
    void wrongInputsAreNamed() throws Exception {
        Path out = dir.resolve("out.npy");
        Path cube = dir.resolve("cube.npy");
        NpyFiles.write(cube, new NpyArray(new float[8], 2, 2, 2));
        assertThat(Qv.run("run", cube, "-o", out).code()).isEqualTo(2);
        assertThat(Qv.run("run", dir.resolve("none.npy"), "-o", out).code()).isEqualTo(1);
        Path text = Files.writeString(dir.resolve("text.npy"), "hello");
        assertThat(Qv.run("run", text, "-o", out).err()).contains("without the mark of a .npy file");
        Path tiny = dir.resolve("tiny.npy");
        NpyFiles.write(tiny, new NpyArray(new float[10], 10));
        Qv.Result result = Qv.run("run", tiny, "-o", out);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(out).doesNotExist();
    }
}
