package org.quantvoice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.quantvoice.audio.Audio;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.engine.QuantizingEngine;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.quant.QuantReport;

/**
 * An engine for tests without libtorch: audio spells text, one token of {@link #TOKENS} a frame of 10 samples at 1000 Hz,
 * as the sample {@code index / 32}.
 */
class SpellingEngine implements QuantizingEngine {
    static final List<String> TOKENS = List.of("_", "|", "a", "b", "c", "d");
    static final int HOP = 10;
    static final int RATE = 1000;
    static final String CARD =
            """
            {"tokens": ["_", "|", "a", "b", "c", "d"], "blank": 0, "word_delimiter": "|",
             "sample_rate": 1000, "frame_hop": 10, "frame_window": 10}""";

    final Engine engine;
    final AtomicInteger open = new AtomicInteger();
    int outputs = TOKENS.size();
    int announced = TOKENS.size();
    Runnable duringRun = () -> {};
    ModelRequest lastRequest;

    SpellingEngine(Engine engine) {
        this.engine = engine;
    }

    /** Audio for {@code text}, in which {@code _} is a blank and each character lasts one frame. */
    static Audio audio(String text) {
        float[] samples = new float[text.length() * HOP];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = TOKENS.indexOf(text.substring(i / HOP, i / HOP + 1)) / 32f;
        }
        return new Audio(samples, RATE);
    }

    /** A model file with its token list beside it. */
    static Path model(Path folder) throws IOException {
        Files.writeString(folder.resolve("tokens.json"), CARD);
        return Files.writeString(folder.resolve("model.pt"), "SPELL");
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public int rank() {
        return engine.equals(Engine.NATIVE) ? 0 : 100;
    }

    @Override
    public boolean reads(Path model) {
        try {
            return Files.readString(model).startsWith("SPELL");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public AcousticModel open(ModelRequest request) {
        lastRequest = request;
        open.incrementAndGet();
        return new Model();
    }

    @Override
    public List<ModuleInfo> modules(Path model) {
        return List.of(
                new ModuleInfo("", "Model", List.of(), 30, 120, List.of()),
                new ModuleInfo("conv", "Conv1d", List.of(2L, 1L, 3L), 6, 24, List.of("static")),
                new ModuleInfo("norm", "LayerNorm", List.of(4L), 4, 16, List.of()),
                new ModuleInfo("lin", "Linear", List.of(4L, 5L), 20, 80, List.of("static", "dynamic")));
    }

    final class Model implements AcousticModel {
        @Override
        public LogProbs run(float[] samples) {
            duringRun.run();
            int frames = samples.length / HOP;
            float[] data = new float[frames * outputs];
            for (int t = 0; t < frames; t++) {
                int token = Math.round(samples[t * HOP + HOP / 2] * 32);
                for (int v = 0; v < outputs; v++) {
                    data[t * outputs + v] = (float) Math.log(v == token ? 0.9 : 0.1 / (outputs - 1));
                }
            }
            return new LogProbs(data, frames, outputs);
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo(engine, Optional.empty(), "test", 1, 5, announced);
        }

        @Override
        public Optional<QuantReport> report() {
            return Optional.empty();
        }

        @Override
        public void save(Path target) {
            AtomicFile.write(target, out -> out.write("SPELL".getBytes()));
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
