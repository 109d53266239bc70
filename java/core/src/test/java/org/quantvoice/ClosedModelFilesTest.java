package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.internal.qv.QvModel;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

/**
 * A model that is closed, or that was refused, lets go of its file at once and not when the garbage collector finds it: Windows
 * replaces and deletes no file that is open.
 */
@Tag("windows")
@Tag("musl")
class ClosedModelFilesTest {
    private static final int WINDOW = 40;
    private static final Path HANDLES = Path.of("/proc/self/fd");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeAModel() {
        file = folder.resolve("floats.qv");
        GraphBuilder builder = new GraphBuilder();
        Value wav = builder.input("wavs", DType.FLOAT, Shape.of(Dim.ONE, Dim.symbol("T")));
        Dim frames = wav.shape().dim(1).floorDiv(WINDOW);
        Value cut = builder.add(
                Op.SLICE, "", Attributes.of("axis", 1, "start", 0, "end", frames.times(WINDOW), "step", 1), wav);
        Value rows = builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(Dim.ONE, frames, Dim.of(WINDOW))), cut);
        float[] weights = new float[8 * WINDOW];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 7 - 3;
        }
        Value weight = builder.constant("out.weight", ArrayTensor.of(weights, 8, WINDOW), true);
        Value bias = builder.constant("out.bias", ArrayTensor.of(new float[8], 8), true);
        Value out = builder.add(Op.LINEAR, "out", Attributes.NONE, rows, weight, bias);
        try (QvModel model = new QvModel(builder.build(List.of(out)), Optional.empty(), Map.of())) {
            QvFile.write(model, file);
        }
    }

    /** Windows refuses to delete a file that is open; Linux says which files are. */
    @AfterEach
    void nobodyHasTheFile() throws IOException {
        if (Files.isDirectory(HANDLES)) {
            try (Stream<Path> handles = Files.list(HANDLES)) {
                assertThat(handles.map(ClosedModelFilesTest::target)).doesNotContain(Optional.of(file.toRealPath()));
            }
        }
        Files.delete(file);
    }

    private static Optional<Path> target(Path handle) {
        try {
            return Optional.of(Files.readSymbolicLink(handle));
        } catch (IOException e) {
            return Optional.empty(); // the one that lists the folder is gone
        }
    }

    private AcousticModel open(Optional<QuantRecipe> recipe) {
        return new NativeEngine()
                .open(new ModelRequest(
                        file,
                        recipe,
                        List.of(new Audio(new float[16000], 16000)),
                        Optional.empty(),
                        1,
                        Progress.none()));
    }

    private static QuantRecipe recipe() {
        return new QuantRecipe(List.of(), List.of("out"), ActivationObserver.MIN_MAX, true);
    }

    @Test
    void afterItWasRun() {
        try (AcousticModel model = open(Optional.empty())) {
            assertThat(model.run(new float[4000]).data()).isNotEmpty();
        }
    }

    @Test
    void afterItWasQuantizedAndRefusedToBeOnceMore() {
        Path quantized = folder.resolve("quantized.qv");
        try (AcousticModel model = open(Optional.of(recipe()))) {
            model.save(quantized);
        }
        file = quantized;
        assertThatThrownBy(() -> open(Optional.of(recipe()))).isInstanceOf(UnsupportedOperatorException.class);
    }

    @Test
    void afterItsLayersWereListed() {
        assertThat(new NativeEngine().modules(file)).hasSize(1);
        assertThat(QvFile.provenance(file)).isEmpty();
    }

    @Test
    void whenItIsDamaged() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("linear");
        assertThat(at).isPositive();
        bytes[at] = 'X';
        Files.write(file, bytes);
        assertThatThrownBy(() -> open(Optional.empty())).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void andItsTensorsSayThatItIsClosed() {
        TensorData weight;
        try (QvModel model = QvFile.read(file)) {
            weight = model.graph().constants().get("out.weight").data();
            assertThat(weight.floats()[0]).isEqualTo(-3);
        }
        assertThatThrownBy(weight::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file + ", whose model is closed");
    }
}
