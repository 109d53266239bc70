package org.quantvoice.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.quant.QuantReport.Layer;
import org.quantvoice.quant.QuantReport.Method;
import org.quantvoice.torch.archive.ArchiveParts;

/** What becomes int8 on libtorch if nothing is said. */
class DefaultRecipeTest {
    private static final String CALL = "(head).forward(x2, )";

    @TempDir
    Path folder;

    private Map<String, Method> layers(ArchiveParts parts) throws IOException {
        Path model = parts.store(folder.resolve("model.pt"));
        Path tokens = Files.writeString(
                folder.resolve("tokens.json"),
                "{\"tokens\": [\"<blank>\", \"|\", \"a\", \"b\", \"c\", \"d\", \"e\"], \"blank\": 0, "
                        + "\"word_delimiter\": \"|\", \"sample_rate\": 16000, \"frame_hop\": 320, \"frame_window\": 400}");
        try (QuantSession session = QuantSession.builder()
                .model(model)
                .vocabulary(tokens)
                .engine(Engine.LIBTORCH)
                .int8()
                .build()) {
            Path saved = folder.resolve("int8.pt");
            session.save(saved);
            assertThat(new TorchEngine().modules(saved)).isNotEmpty();
            return session.report().orElseThrow().layers().stream()
                    .collect(Collectors.toMap(Layer::path, Layer::method));
        }
    }

    @Test
    void recurrentLayersAreTaken() throws IOException {
        assertThat(layers(ArchiveParts.of("graph/recurrent.pt")))
                .isEqualTo(Map.of("lstm", Method.DYNAMIC, "gru", Method.DYNAMIC, "head", Method.DYNAMIC));
    }

    /** Fused attention takes the weights of layers, whose own operators then do not run. */
    @Test
    void aLayerThatDoesNotRunIsLeftOut() throws IOException {
        ArchiveParts parts = ArchiveParts.of("graph/recurrent.pt").editText("/graph_fixtures.py", code -> {
            assertThat(code).contains(CALL);
            return code.replace(CALL, "torch.linear(x2, head.weight, head.bias)");
        });
        assertThat(layers(parts)).isEqualTo(Map.of("lstm", Method.DYNAMIC, "gru", Method.DYNAMIC));
        assertThat(new TorchEngine().modules(folder.resolve("model.pt")))
                .filteredOn(module -> module.path().equals("head"))
                .singleElement()
                .extracting(ModuleInfo::quantizable)
                .isEqualTo(java.util.List.of());
    }
}
