package org.quantvoice.internal.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.archive.TarArchive;
import org.quantvoice.internal.archive.TarArchive.Entry;
import org.quantvoice.internal.archive.Tars;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.source.Imports;

/** Files of NeMo, made by {@code nemo_fixtures.py}, against what transformers gives for the same parameters. */
class NemoTest {
    private static final String CONFIG = "model_config.yaml";
    private static final String WEIGHTS = "model_weights.ckpt";

    @TempDir
    Path dir;

    private static byte[] bytes(String name) {
        try (InputStream in = NemoTest.class.getResourceAsStream("/huggingface/nemo/" + name + ".nemo")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String name) throws IOException {
        return Files.write(dir.resolve(name + ".nemo"), bytes(name));
    }

    /** The files in an archive, by name. */
    private Map<String, byte[]> parts(String name) throws IOException {
        Path file = file(name);
        TarArchive tar = TarArchive.open(file);
        Map<String, byte[]> parts = new LinkedHashMap<>();
        for (Entry entry : tar.entries()) {
            parts.put(entry.name(), tar.read(entry, 1 << 20));
        }
        return parts;
    }

    private Path write(Map<String, byte[]> parts) throws IOException {
        return Files.write(dir.resolve("changed.nemo"), Tars.of(parts));
    }

    private static void computes(Path model, String fixture) {
        try (AcousticModel opened =
                QuantSession.builder().model(model).threads(1).acousticModel()) {
            for (FixtureFolder.Run run : FixtureFolder.of(fixture).runs()) {
                float[] values =
                        opened.run(FixtureFolder.waveform(run.samples())).data();
                int vocabulary = run.logProbs()[0].length;
                assertThat(values).hasSize(run.logProbs().length * vocabulary);
                for (int i = 0; i < values.length; i++) {
                    assertThat(values[i])
                            .as("%s, value %d", fixture, i)
                            .isCloseTo(run.logProbs()[i / vocabulary][i % vocabulary], offset(1e-4f));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ctc-bpe, parakeet-nemo", "hybrid-char, parakeet-nemo-hybrid"})
    void theModelComputesWhatTransformersDoes(String name, String fixture) throws IOException {
        Path file = file(name);
        computes(file, fixture);
        Path qv = dir.resolve(name + ".qv");
        assertThat(ModelFile.of(file).convertTo(qv, true)).isTrue();
        computes(qv, fixture);
    }

    @Test
    void tokensAreThePiecesOrTheLabelsAndTheBlankIsTheLast() throws IOException {
        JsonNode pieces = JsonReader.parse(
                Imports.tokens(new NemoSource(), file("ctc-bpe")).orElseThrow());
        assertThat(pieces.get("tokens").items().stream().map(JsonNode::string))
                .containsExactly("<unk>", "▁a", "b", "c", "▁", "'", "d", "<blank>");
        assertThat(pieces.get("blank").integer(0, 9)).isEqualTo(7);
        assertThat(pieces.get("sample_rate").integer(0, 48_000)).isEqualTo(16_000);
        assertThat(pieces.get("frame_hop").integer(0, 48_000)).isEqualTo(8 * 160);
        JsonNode labels = JsonReader.parse(
                Imports.tokens(new NemoSource(), file("hybrid-char")).orElseThrow());
        assertThat(labels.get("tokens").items().stream().map(JsonNode::string))
                .containsExactly(" ", "a", "b", "'", "é", "\"", "#", "<blank>");
        assertThat(labels.get("word_delimiter").string()).isEqualTo(" ");
        assertThat(labels.get("frame_hop").integer(0, 48_000)).isEqualTo(4 * 160);
    }

    @Test
    void nothingUnpackedIsLeft() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> before = tars(temporary);
        Imports.graph(new NemoSource(), file("hybrid-char")).close();
        assertThat(tars(temporary)).isSubsetOf(before);
    }

    private static List<Path> tars(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches("quantvoice-.*[.]tar"))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "EncDecCTCModelBPE; EncDecRNNTBPEModel; a model of the class 'EncDecRNNTBPEModel'",
                "subsampling: dw_striding; subsampling: stacking; subsampling = 'stacking'",
                "att_context_style: regular; att_context_style: chunked_limited; att_context_style",
                "conv_context_size: null; conv_context_size: causal; conv_context_size",
                "conv_norm_type: batch_norm; conv_norm_type: layer_norm; conv_norm_type",
                "normalize: per_feature; normalize: all_features; normalize = 'all_features'",
                "window: hann; window: hamming; window = 'hamming'",
                "untie_biases: true; a_new_setting: true; [a_new_setting]",
                "dither: 1.0e-05; mel_norm: htk; mel_norm",
                "log: true; log: false; mel features of another form",
            })
    void modelsOfOtherKindsAreRefused(String from, String to, String message) throws IOException {
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), changed(from, to)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "d_model: 24; d_model: 48; float[48",
                "n_layers: 2; n_layers: 3; without the parameter encoder.layers.2",
                "n_layers: 2; n_layers: 1; parameters that the model has no place for",
                "features: 16; features: 80; 80 mel bins",
                "0a1b_tokenizer.model; other.model; without other.model",
                "d_model: 24; d_model: [24; line 34: expected",
                "n_fft: 512; n_fft: 500; a power of two",
                "target: nemo; model_target: nemo; ''",
            })
    void contradictionsAreRefused(String from, String to, String message) throws IOException {
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), changed(from, to)))
                .isInstanceOf(QuantVoiceException.class)
                .hasMessageContaining(message);
    }

    private Path changed(String from, String to) throws IOException {
        Map<String, byte[]> parts = parts("ctc-bpe");
        String text = new String(parts.get(CONFIG), StandardCharsets.UTF_8);
        assertThat(text).contains(from);
        parts.put(
                CONFIG,
                text.replaceFirst(java.util.regex.Pattern.quote(from), to).getBytes(StandardCharsets.UTF_8));
        return write(parts);
    }

    @Test
    void missingPartsAreNamed() throws IOException {
        for (String name : List.of(CONFIG, WEIGHTS)) {
            Map<String, byte[]> parts = parts("ctc-bpe");
            parts.remove(name);
            Path file = write(parts);
            assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("without " + name)
                    .hasMessageContaining("0a1b_tokenizer.model");
        }
    }

    @Test
    void aPickleThatCallsAProgramIsRefused() throws IOException {
        Map<String, byte[]> parts = parts("ctc-bpe");
        parts.put(WEIGHTS, FixtureFolder.checkpoint("hostile"));
        Path file = write(parts);
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a pickle with posix.system");
        parts.put(WEIGHTS, FixtureFolder.checkpoint("legacy"));
        Path legacy = write(parts);
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), legacy))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("before 1.6");
    }

    @Test
    void aTarFileWithPathsThatLeadOutIsRefused() throws IOException {
        Map<String, byte[]> parts = parts("ctc-bpe");
        parts.put("../model_weights.ckpt", new byte[8]);
        Path file = write(parts);
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'../model_weights.ckpt'");
    }

    @Test
    void otherContentUnderTheNameIsRefused() throws IOException {
        for (byte[] content :
                new byte[][] {new byte[0], "PK\3\4".getBytes(StandardCharsets.US_ASCII), new byte[1024]}) {
            Path file = Files.write(dir.resolve("other.nemo"), content);
            assertThat(new NemoSource().reads(file)).isTrue();
            assertThatThrownBy(() -> Imports.graph(new NemoSource(), file)).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void filesThatAreCutOrChangedAreRefusedOrRead() throws IOException {
        byte[] good = bytes("ctc-bpe");
        byte[] packed = bytes("hybrid-char");
        Path file = dir.resolve("bad.nemo");
        for (int end = 0; end < good.length - 2048; end += 19_001) {
            Files.write(file, Arrays.copyOf(good, end));
            assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                    .as("cut at %d", end)
                    .isInstanceOf(QuantVoiceException.class);
        }
        for (int end = 0; end < packed.length - 8; end += 29_001) {
            Files.write(file, Arrays.copyOf(packed, end));
            assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                    .as("gzip cut at %d", end)
                    .isInstanceOf(QuantVoiceException.class);
        }
        for (int at = 0; at < 6_000; at += 53) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            Files.write(file, bad);
            try {
                Imports.graph(new NemoSource(), file).close();
                Imports.tokens(new NemoSource(), file);
            } catch (QuantVoiceException e) {
                assertThat(e.cure()).as("bit changed in byte %d", at).isNotBlank();
            }
        }
    }

    @Test
    void whatGrowsBeyondAllMeasureIsRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 70; i++) {
                gzip.write(zeros);
            }
        }
        Path file = Files.write(dir.resolve("bomb.nemo"), out.toByteArray());
        assertThatThrownBy(() -> Imports.graph(new NemoSource(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("unpacks to more than");
    }

    @Test
    void gzipChangesNothing() throws IOException {
        byte[] packed = bytes("hybrid-char");
        Path plain = dir.resolve("plain.nemo");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            Files.write(plain, in.readAllBytes());
        }
        computes(plain, "parakeet-nemo-hybrid");
    }
}
