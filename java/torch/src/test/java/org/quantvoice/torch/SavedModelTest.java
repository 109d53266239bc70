package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;

class SavedModelTest {
    private static final float[] SAMPLES =
            Digits.utterance("test-nicolas-00").audio().samples();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Backend.class)
    void loadsWithoutOurCodeAndGivesTheSameBits(Backend backend) throws Exception {
        AcousticModel model = SharedModels.tutorial(backend);
        Path file = folder.resolve("int8.pt");
        model.save(file);
        assertThat(bits(plainTorch(backend.name(), file)))
                .isEqualTo(bits(model.run(SAMPLES).data()));
        assertThat(Files.size(file)).isLessThan(3_300_000);
    }

    @Test
    void floatModelSurvivesToo() throws Exception {
        try (AcousticModel model = Digits.openFloat()) {
            Path file = folder.resolve("float.pt");
            model.save(file);
            assertThat(bits(plainTorch("X86", file)))
                    .isEqualTo(bits(model.run(SAMPLES).data()));
        }
    }

    @Test
    void opensAgainUnderItsOwnBackend() {
        AcousticModel model = SharedModels.tutorial(Backend.QNNPACK);
        Path file = folder.resolve("int8.pt");
        model.save(file);
        ModelRequest request =
                new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
        try (AcousticModel again = new TorchEngine().open(request)) {
            assertThat(again.info().backend()).contains(Backend.QNNPACK);
            assertThat(bits(again.run(SAMPLES).data()))
                    .isEqualTo(bits(model.run(SAMPLES).data()));
        }
        assertThat(new TorchEngine().modules(file)).hasSize(1);
    }

    @Test
    void otherMethodsStillWork() {
        Path file = folder.resolve("int8.pt");
        SharedModels.tutorial(Backend.FBGEMM).save(file);
        LogProbs whole = SharedModels.tutorial(Backend.FBGEMM).run(SAMPLES);
        try (ScriptModule script = ScriptModule.load(file, Optional.of(Backend.FBGEMM));
                QuantizedEngine.Hold engine = QuantizedEngine.use(Optional.of(Backend.FBGEMM));
                TorchCall call = new TorchCall(1)) {
            JitModule module = script.module();
            Tensor samples = torch.ones(1).mul(new org.bytedeco.pytorch.Scalar(SAMPLES.length));
            Tensor frames = module.get_method("num_frames")
                    .apply(new IValueVector(new IValue(samples)))
                    .toTensor();
            assertThat(frames.item_float()).isEqualTo(whole.frames());
            Tensor hidden =
                    module.get_method("encode").apply(script.inputs(SAMPLES)).toTensor();
            assertThat(hidden.size(1)).isEqualTo(whole.frames());
            assertThat(hidden.size(2)).isEqualTo(192);
        }
    }

    @Test
    void islandsAreQuantizedOnceAndNoFloatWeightIsLeft() throws IOException {
        Path file = folder.resolve("int8.pt");
        SharedModels.tutorial(Backend.FBGEMM).save(file);
        String code = code(file);
        String forward = code.substring(code.indexOf("def forward"), code.indexOf("def encode"));
        assertThat(count(forward, "torch.quantize_per_tensor(")).isEqualTo(2);
        assertThat(count(forward, "torch.dequantize(")).isEqualTo(2);
        assertThat(count(forward, "ops.quantized.conv1d(")).isEqualTo(6);
        assertThat(count(forward, "ops.quantized.layer_norm(")).isEqualTo(7);
        assertThat(count(forward, "ops.quantized.linear(")).isEqualTo(1);
        assertThat(count(forward, "ops.quantized.linear_dynamic(")).isEqualTo(27);
        assertThat(count(forward, "torch.linear(")).as("ctc_lin").isEqualTo(1);
        assertThat(count(forward, "torch.conv1d(")).as("conv 0, positional").isEqualTo(2);
    }

    private float[] plainTorch(String engine, Path model) throws Exception {
        Path in = folder.resolve("samples.f32");
        Path out = folder.resolve("output.f32");
        ByteBuffer samples = ByteBuffer.allocate(4 * SAMPLES.length).order(ByteOrder.LITTLE_ENDIAN);
        samples.asFloatBuffer().put(SAMPLES);
        Files.write(in, samples.array());
        String classPath = Stream.concat(
                        Stream.of(alone()),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> entry.contains("bytedeco")))
                .collect(Collectors.joining(File.pathSeparator));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                classPath,
                PlainTorch.class.getName(),
                engine,
                model.toString(),
                in.toString(),
                out.toString());
        // OpenBLAS cuts a product by its threads, and its kernels for AVX2 round the parts in another way than the
        // whole.
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        Process process = builder.inheritIO().start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        ByteBuffer result = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[result.remaining() / 4];
        result.asFloatBuffer().get(values);
        return values;
    }

    /** A class path that holds PlainTorch and nothing else of ours. */
    private String alone() throws IOException {
        String name = PlainTorch.class.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve("classes").resolve(name);
        Files.createDirectories(copy.getParent());
        try (var in = PlainTorch.class.getClassLoader().getResourceAsStream(name)) {
            Files.write(copy, in.readAllBytes());
        }
        return folder.resolve("classes").toString();
    }

    private static String code(Path file) throws IOException {
        try (var zip = new java.util.zip.ZipFile(file.toFile())) {
            StringBuilder code = new StringBuilder();
            for (var entry :
                    zip.stream().filter(e -> e.getName().endsWith(".py")).toList()) {
                code.append(
                        new String(zip.getInputStream(entry).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            }
            return code.toString();
        }
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
