package org.quantvoice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.Engine;

/** The engines that are compared do the same work; how well is tested elsewhere. */
class ChunkEncoderTest {
    @TempDir
    Path folder;

    @Test
    void allGiveAsManyFrames() throws Exception {
        int[] chunks = {67, 67, 35};
        for (Int8Layers int8 : Int8Layers.values()) {
            try (ChunkEncoder onnx = new OnnxEncoder(folder.resolve(int8.name()), int8, 16, 4);
                    ChunkEncoder own = new SessionEncoder(Engine.NATIVE, int8, 16, 4)) {
                for (Map.Entry<String, ChunkEncoder> engine :
                        Map.of("onnx", onnx, "native", own).entrySet()) {
                    for (int stream = 0; stream < 2; stream++) {
                        engine.getValue().reset();
                        for (int frames : chunks) {
                            assertThat(engine.getValue().encode(new float[frames * 80], frames))
                                    .as(engine.getKey())
                                    .isEqualTo((frames - 3) / 4);
                        }
                    }
                }
            }
        }
    }
}
