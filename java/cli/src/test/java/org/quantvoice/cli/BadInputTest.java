package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong, it is one line with got, expected and a cure, exit code 1, and no stack trace. */
class BadInputTest {
    private static final Path FLAC = Qv.DIGITS.resolve("test/test-george-02.flac");
    private static final Path CALIB = Qv.DIGITS.resolve("calib/calib.tsv");

    @TempDir
    Path dir;

    @BeforeEach
    void writeTokens() throws IOException {
        Files.copy(Qv.DIGITS.resolve("model/tokens.json"), dir.resolve("tokens.json"));
    }

    private static void refused(String type, String got, Object... args) {
        Qv.Result result = Qv.run(args);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.out()).as(result.toString()).isEmpty();
        assertThat(result.err().lines().filter(l -> l.startsWith("error: ")))
                .as(result.toString())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).contains("got ", "; expected ", got));
        assertThat(result.err()).as("no stack trace").doesNotContain("\tat ").doesNotContain("fault in qv");

        Object[] withJson = Arrays.copyOf(args, args.length + 1);
        withJson[args.length] = "--json";
        String document = Qv.run(withJson).json().toString();
        assertThat(document).contains("\"type\":\"" + type + "\"");
    }

    private void refusedModel(Path model, String got) {
        refused("ModelFormatException", got, "transcribe", "--model", model, FLAC);
    }

    private void refusedAudio(Path audio, String got) {
        refused("AudioFormatException", got, "transcribe", "--threads", 1, audio);
    }

    @Test
    void modelsThatAreNone() throws IOException {
        refusedModel(dir.resolve("none.pt"), "no file at");
        refusedModel(dir, "a folder without a config.json");
        refusedModel(Files.write(dir.resolve("empty.pt"), new byte[0]), "empty.pt");
        refusedModel(Files.writeString(dir.resolve("text.pt"), "This is not a model.\n"), "text.pt");
        byte[] whole = Files.readAllBytes(Qv.FLOAT);
        for (int length : new int[] {100, whole.length / 2, whole.length - 30}) {
            Path cut = Files.write(dir.resolve("cut" + length + ".pt"), Arrays.copyOf(whole, length));
            refusedModel(cut, "cut" + length + ".pt");
        }
        Path zip = dir.resolve("zip.pt");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out)) {
            entries.putNextEntry(new ZipEntry("readme.txt"));
            entries.write("hello".getBytes(StandardCharsets.US_ASCII));
        }
        refusedModel(zip, "zip.pt");
    }

    @Test
    void aVocabularyOfAnotherSize() throws IOException {
        String json = Files.readString(dir.resolve("tokens.json")).replace("\"z\"", "\"z\", \"q\"");
        Path tokens = Files.writeString(dir.resolve("more.json"), json);
        refused(
                "ModelFormatException",
                "17 outputs a frame for 18 tokens",
                "transcribe",
                "--model",
                Qv.FLOAT,
                "--vocabulary",
                tokens,
                FLAC);
        Path broken = Files.writeString(dir.resolve("broken.json"), "{\"tokens\": [");
        refused("ModelFormatException", "1:13", "transcribe", "--model", Qv.FLOAT, "--vocabulary", broken, FLAC);
    }

    @Test
    void audioThatIsNone() throws IOException {
        refusedAudio(dir.resolve("none.wav"), "none.wav");
        refusedAudio(Files.write(dir.resolve("empty.wav"), new byte[0]), "empty");
        refusedAudio(Files.write(dir.resolve("silent.wav"), wav(0, 0, 1)), "0 samples");
        refusedAudio(Files.write(dir.resolve("nan.wav"), wav(1_000, 1_000, 3)), "NaN");
        refusedAudio(Files.write(dir.resolve("short.wav"), wav(100, 100, 1)), "samples");
    }

    @Test
    void audioThatBreaksOffIsHeardUpToThere() throws IOException {
        heard(Files.write(dir.resolve("cut.wav"), wav(16_000, 1_000, 1)));
        heard(Files.write(dir.resolve("lies.wav"), wav(Integer.MAX_VALUE / 4, 1_000, 1)));
        byte[] flac = Files.readAllBytes(FLAC);
        assertThat(heard(Files.write(dir.resolve("cut.flac"), Arrays.copyOf(flac, flac.length / 2))))
                .startsWith("nine");
    }

    private static String heard(Path audio) {
        Qv.Result result = Qv.run("transcribe", "--threads", 1, audio);
        assertThat(result.code()).as(result.toString()).isZero();
        return result.out();
    }

    /** Mono at 16 kHz: 16-bit zeros (format 1) or 32-bit NaNs (format 3); the header claims another count perhaps. */
    private static byte[] wav(int claimed, int written, int format) {
        int bytes = format == 1 ? 2 : 4;
        ByteBuffer b = ByteBuffer.allocate(44 + written * bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + claimed * bytes);
        b.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        b.putShort((short) format).putShort((short) 1).putInt(16_000).putInt(16_000 * bytes);
        b.putShort((short) bytes).putShort((short) (8 * bytes));
        b.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(claimed * bytes);
        for (int i = 0; i < written && format == 3; i++) {
            b.putFloat(Float.NaN);
        }
        return b.array();
    }

    @Test
    void recipesThatCannotBe() {
        Path out = dir.resolve("out.pt");
        refused("QuantizationException", "encoder.enk", "quantize", Qv.FLOAT, "-o", out, "--dynamic", "encoder.enk");
        refused(
                "UnsupportedOperatorException",
                "layer_norm",
                "quantize",
                Qv.FLOAT,
                "-o",
                out,
                "--dynamic",
                "encoder.wav2vec2.model.feature_extractor.conv_layers.0.layer_norm");
        refused(
                "QuantizationException",
                "no calibration audio",
                "quantize",
                Qv.FLOAT,
                "-o",
                out,
                "--static",
                "encoder.wav2vec2.model.feature_projection");
        refused("CorpusException", "none.tsv", "quantize", Qv.FLOAT, "-o", out, "--calibrate", dir.resolve("none.tsv"));
        assertThat(out).doesNotExist();
    }

    @Test
    void outputsThatCannotBeWritten() throws IOException {
        Path nowhere = Files.writeString(dir.resolve("a-file"), "x").resolve("where.pt");
        refused("OutputException", "a-file", "quantize", Qv.FLOAT, "-o", nowhere, "--dynamic", "encoder.enc");
        Path folder = Files.createDirectory(dir.resolve("folder.pt"));
        refused("OutputException", "folder.pt", "quantize", Qv.FLOAT, "-o", folder, "--dynamic", "encoder.enc");
        assertThat(folder).isEmptyDirectory();
        Path samples = Qv.DIGITS.resolve("ref/test-george-00.npy");
        assertThat(samples).exists();
        assertThat(Qv.run("quantize", Qv.FLOAT, "-o", dir.resolve("x.bin")).code())
                .isEqualTo(2);
        assertThat(CALIB).exists();
    }
}
