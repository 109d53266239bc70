package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quantvoice.engine.Backend;
import org.quantvoice.torch.script.ScriptWriter.Form;

/** What is reserved for a file is enough for it, and not much more, for every kind of module that the tests have. */
class SavedSizeTest {
    private static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    private static final String RESOURCES = "java/torch/src/test/resources/";
    private static final String SETTINGS = "backend=onednn\nwindow=400\n";

    private static final double MOST = 1.6;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        Libtorch.load();
    }

    static Stream<Arguments> files() {
        List<String> plain = List.of(
                "graph/mixed.pt",
                "graph/pooling.pt",
                "graph/sorted.pt",
                "graph/wav2vec2-layer.pt",
                "int8/static-fbgemm.pt",
                "int8/cells-qint8.pt",
                "layers/layers.pt",
                "u2-bidirectional/model.pt");
        List<String> both = List.of(
                "graph/recurrent.pt",
                "graph/wav2vec2-group.pt",
                "int8/fx-x86-frozen.pt",
                "int8/functional.pt",
                "int8/tables.pt");
        Stream<Arguments> ofResources = Stream.concat(
                Stream.concat(plain.stream(), both.stream()).map(file -> Arguments.of(RESOURCES + file, Form.PLAIN)),
                both.stream().map(file -> Arguments.of(RESOURCES + file, Form.MOBILE)));
        return Stream.concat(
                ofResources,
                Stream.of(
                        Arguments.of("models/digits/model/digits-float.pt", Form.PLAIN),
                        Arguments.of("models/digits/model/digits-float.pt", Form.MOBILE),
                        Arguments.of("models/u2-digits/model/u2-digits-float.pt", Form.PLAIN)));
    }

    @ParameterizedTest
    @MethodSource("files")
    void enoughAndNotMuchMore(String model, Form form) throws Exception {
        Path saved = folder.resolve("a-model-with-a-long-name-that-stands-in-each-record.pt");
        try (QuantizedEngine.Hold engine = QuantizedEngine.use(Optional.of(Backend.ONEDNN));
                ScriptModule module = ScriptModule.load(ROOT.resolve(model), Optional.empty());
                TorchCall call = new TorchCall(1)) {
            long reserved = SavedSize.atMost(module.module(), saved, SETTINGS.length(), form);
            ExtraFilesMap extra = new ExtraFilesMap();
            extra.put(new BytePointer(Int8Settings.FILE), new BytePointer(SETTINGS));
            if (form == Form.MOBILE) {
                module.module()._save_for_mobile(saved.toString(), extra, false, false);
            } else {
                module.module().save(saved.toString(), extra);
            }
            assertThat(reserved).isBetween(Files.size(saved), (long) (MOST * Files.size(saved)) + (1 << 15));
        }
    }
}
