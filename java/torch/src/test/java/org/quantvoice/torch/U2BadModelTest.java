package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Files that are no streaming models, or bad ones. */
final class U2BadModelTest {
    @TempDir
    private Path folder;

    /** The good model with a change in its code. */
    private Path model(String good, String bad) throws IOException {
        Path file = folder.resolve("model.pt");
        try (ZipFile from = new ZipFile(
                        U2Fixture.FOLDER.resolve("model/u2-digits-float.pt").toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(file))) {
            for (ZipEntry entry : from.stream().toList()) {
                byte[] content = from.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith("u2_model.py")) {
                    String code = new String(content, StandardCharsets.UTF_8);
                    assertThat(code).containsPattern(good);
                    content = code.replaceAll(good, bad).getBytes(StandardCharsets.UTF_8);
                }
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry stored = new ZipEntry(entry.getName());
                stored.setMethod(ZipEntry.STORED);
                stored.setSize(content.length);
                stored.setCrc(crc.getValue());
                to.putNextEntry(stored);
                to.write(content);
            }
        }
        return file;
    }

    private static AcousticModel open(EngineProvider engine, Path file) {
        return engine.open(new ModelRequest(file, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none()));
    }

    @Test
    void missingMethodsAreListed() throws IOException {
        Path file = model("def (ctc_activation|right_context)\\(", "def no_$1(");
        for (EngineProvider engine : List.of(new TorchEngine(), new NativeEngine())) {
            assertThatThrownBy(() -> open(engine, file))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("without ctc_activation, right_context;");
        }
    }

    /** As in WeNet's release 1, whose caches of layers are a list. */
    @Test
    void aModelWithOtherCachesIsRefused() throws IOException {
        Path file = model(
                "(def forward_encoder_chunk\\([^)]*?att_cache: Tensor=[^,]*,)",
                "$1 old_cache: Optional[List[Tensor]]=None,");
        for (EngineProvider engine : List.of(new TorchEngine(), new NativeEngine())) {
            assertThatThrownBy(() -> open(engine, file))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("fails on a chunk")
                    .hasMessageContaining("Optional[List[Tensor]]");
        }
    }

    @Test
    void aModelThatFailsOnItsFirstChunkIsRefused() throws IOException {
        Path file = model("(def right_context\\([^)]*\\) -> int:\\s+)return 6", "$1return 0");
        for (EngineProvider engine : List.of(new TorchEngine(), new NativeEngine())) {
            assertThatThrownBy(() -> open(engine, file))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("fails on a chunk");
        }
    }

    @Test
    void aModelThatLacksTheDecoderItClaimsIsRefused() throws IOException {
        Path file = model("(def is_bidirectional_decoder\\([^)]*\\) -> bool:\\s+)return False", "$1return True");
        for (EngineProvider engine : List.of(new TorchEngine(), new NativeEngine())) {
            assertThatThrownBy(() -> open(engine, file))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("no scores of a right-to-left decoder");
        }
    }

    @Test
    void aModelOfWaveformsHasNoCaches() {
        try (QuantSession session = QuantSession.builder()
                .model(U2Fixture.ROOT.resolve("models/digits/model/digits-float.pt"))
                .engine(Engine.LIBTORCH)
                .threads(1)
                .build()) {
            assertThatThrownBy(() -> session.stream(StreamOptions.defaults()))
                    .isInstanceOf(UnsupportedOperatorException.class)
                    .hasMessageContaining("forward_encoder_chunk")
                    .hasMessageContaining("WindowOptions");
        }
    }

    @Test
    void aModelOfWaveformsStreamsByWindows() {
        float[] samples = U2Fixture.samples("test-nicolas-17");
        try (QuantSession session = QuantSession.builder()
                        .model(U2Fixture.ROOT.resolve("models/digits/model/digits-float.pt"))
                        .engine(Engine.LIBTORCH)
                        .threads(1)
                        .build();
                TranscriptStream stream = session.stream()) {
            stream.accept(samples);
            assertThat(stream.finish().map(StreamEvent::text)).contains("eight five six");
        }
    }

    @Test
    void aStreamOutlivesItsModelWithoutCrashing() {
        U2Model model = U2Fixture.open();
        TranscriptStream stream = U2Fixture.stream(model, StreamOptions.defaults());
        stream.accept(new float[20_000]);
        model.close();
        assertThatThrownBy(() -> stream.accept(new float[20_000])).isInstanceOf(IllegalStateException.class);
        stream.close();
        assertThat(stream.partial()).isNotNull();
    }
}
