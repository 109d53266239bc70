package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.internal.npy.NpyArray;
import org.quantvoice.internal.npy.NpyFiles;

/** The digits model as a folder of transformers: see models/digits/recipe/huggingface.py. */
class ImportCommandTest {
    private static final Path FOLDER = Qv.DIGITS.resolve("huggingface");

    @TempDir
    Path dir;

    private Path imported() {
        Path target = dir.resolve("digits.qv");
        Qv.Result result = Qv.run("import", FOLDER, "-o", target, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("tokens").asBoolean()).isTrue();
        assertThat(result.json().get("bytes").asLong())
                .isEqualTo(target.toFile().length());
        return target;
    }

    /** A recording as an array. */
    private Path samples() {
        float[] samples =
                AudioFiles.read(Qv.DIGITS.resolve("test/test-george-00.flac")).samples();
        Path in = dir.resolve("in.npy");
        NpyFiles.write(in, new NpyArray(samples, samples.length));
        return in;
    }

    @Test
    void theFolderAndItsFileGiveTheWordsThatTransformersGives() {
        for (Path model : new Path[] {FOLDER, imported()}) {
            Qv.Result result =
                    Qv.run("eval", Qv.DIGITS.resolve("test/test.tsv"), "--model", model, "--greedy", "--json");
            assertThat(result.code()).as(result.toString()).isZero();
            assertThat(result.json().get("wer").asDouble()).isCloseTo(100 * 14 / 587.0, within(5e-4));
        }
    }

    @Test
    void logProbsAreThoseOfTransformers() {
        String id = "test-george-00";
        float[] samples =
                AudioFiles.read(Qv.DIGITS.resolve("test/" + id + ".flac")).samples();
        Path in = dir.resolve("in.npy");
        Path out = dir.resolve("out.npy");
        NpyFiles.write(in, new NpyArray(samples, samples.length));
        Qv.Result result = Qv.run("run", in, "-o", out, "--model", FOLDER);
        assertThat(result.code()).as(result.toString()).isZero();
        NpyArray reference = NpyFiles.read(FOLDER.resolve(id + ".npy"));
        assertThat(NpyFiles.read(out).shape()).isEqualTo(reference.shape());
        assertThat(NpyFiles.read(out).data())
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(reference.data());
    }

    @Test
    void withoutTheComparisonTheFileComputesTheSame() {
        Path unchecked = dir.resolve("unchecked.qv");
        Qv.Result result = Qv.run("import", FOLDER, "-o", unchecked, "--no-verify");
        assertThat(result.code()).as(result.toString()).isZero();
        for (Path model : new Path[] {imported(), unchecked}) {
            Path out = dir.resolve(model.getFileName() + ".npy");
            assertThat(Qv.run("run", samples(), "-o", out, "--model", model).code())
                    .isZero();
        }
        assertThat(NpyFiles.read(dir.resolve("unchecked.qv.npy")).data())
                .isEqualTo(NpyFiles.read(dir.resolve("digits.qv.npy")).data());
    }

    @Test
    void aFrontEndIsNamedWhereTheFolderNamesNone() throws Exception {
        Path bare = Files.createDirectory(dir.resolve("bare"));
        for (String name : new String[] {"config.json", "model.safetensors", "vocab.json", "tokenizer_config.json"}) {
            Files.copy(FOLDER.resolve(name), bare.resolve(name));
        }
        Path target = dir.resolve("bare.qv");
        Qv.Result none = Qv.run("import", bare, "-o", target);
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("without preprocessor_config.json").contains("--frontend");
        Qv.Result named = Qv.run("import", bare, "-o", target, "--frontend", "normalize", "--no-verify");
        assertThat(named.code()).as(named.toString()).isZero();
        for (Path model : new Path[] {imported(), target}) {
            Path out = dir.resolve(model.getFileName() + ".npy");
            assertThat(Qv.run("run", samples(), "-o", out, "--model", model).code())
                    .isZero();
        }
        assertThat(NpyFiles.read(dir.resolve("bare.qv.npy")).data())
                .isEqualTo(NpyFiles.read(dir.resolve("digits.qv.npy")).data());
    }

    @Test
    void aFrontEndThatContradictsTheModelIsRefused() {
        Path target = dir.resolve("x.qv");
        Qv.Result other = Qv.run("import", FOLDER, "-o", target, "--frontend", "none");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("which names its own").contains("normalized samples");
        Qv.Result features = Qv.run("import", FOLDER, "-o", target, "--frontend", "kaldi");
        assertThat(features.code()).isEqualTo(1);
        Qv.Result script =
                Qv.run("import", Qv.DIGITS.resolve("model/digits-float.pt"), "-o", target, "--frontend", "nemo");
        assertThat(script.code()).isEqualTo(1);
        assertThat(script.err()).contains("computes its own features");
        Qv.Result unknown = Qv.run("import", FOLDER, "-o", target, "--frontend", "nemo:bands=80");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("'bands=80'");
        assertThat(target).doesNotExist();
    }

    @Test
    void aFolderBecomesInt8AtOnce() {
        Path target = dir.resolve("digits8.qv");
        Qv.Result result = Qv.run("quantize", FOLDER, "-o", target, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("layers")).hasSizeGreaterThan(20);
        Qv.Result words =
                Qv.run("eval", Qv.DIGITS.resolve("test/test.tsv"), "--model", target, "--limit", 20, "--json");
        assertThat(words.json().get("wer").asDouble()).isLessThan(5);
    }

    @Test
    void noTokensAreNeededToQuantize() throws Exception {
        Path bare = Files.createDirectory(dir.resolve("bare"));
        for (String name : new String[] {"config.json", "model.safetensors", "preprocessor_config.json"}) {
            Files.copy(FOLDER.resolve(name), bare.resolve(name));
        }
        Path target = dir.resolve("bare8.qv");
        Qv.Result result = Qv.run("quantize", bare, "-o", target, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("layers")).hasSizeGreaterThan(20);
        assertThat(dir.resolve("bare8.tokens.json")).doesNotExist();
        assertThat(Qv.run("run", samples(), "-o", dir.resolve("out.npy"), "--model", target)
                        .code())
                .isZero();
    }

    @Test
    void filesThatAreNoModelsAreNamed() throws Exception {
        Path gguf = Files.writeString(dir.resolve("x.gguf"), "GGUF and weights");
        Path pickle = Files.write(dir.resolve("x.bin"), new byte[] {(byte) 0x80, 2, '}', '.'});
        for (String command : new String[] {"import", "quantize"}) {
            Qv.Result weights = Qv.run(command, gguf, "-o", dir.resolve("x.qv"));
            assertThat(weights.code()).isEqualTo(1);
            assertThat(weights.err()).contains("a GGUF file").contains("Hugging Face folder");
            Qv.Result state = Qv.run(command, pickle, "-o", dir.resolve("x.qv"));
            assertThat(state.code()).isEqualTo(1);
            assertThat(state.err()).contains("a Python pickle, a state dict");
        }
    }

    @Test
    void modulesAreShown() {
        Qv.Result result = Qv.run("inspect", FOLDER, "--json");
        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json().get("modules").findValuesAsText("path"))
                .contains("wav2vec2.encoder.layers.3.attention.q_proj", "lm_head");
    }

    @Test
    void aFolderThatIsNoModelAndAnOutputOfAnotherKindAreRefused() throws Exception {
        Qv.Result none = Qv.run("import", Files.createDirectory(dir.resolve("empty")), "-o", dir.resolve("x.qv"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("a folder without a config.json");
        Qv.Result other = Qv.run("import", FOLDER, "-o", dir.resolve("x.onnx"));
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("expected a name that ends in .qv");
        Qv.Result language = Qv.run("import", FOLDER, "--language", "deu", "-o", dir.resolve("x.qv"));
        assertThat(language.code()).isEqualTo(1);
        assertThat(language.err()).contains("adapter.deu.safetensors");
    }
}
