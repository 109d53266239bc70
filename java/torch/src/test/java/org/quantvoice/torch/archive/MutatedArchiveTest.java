package org.quantvoice.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.engine.Backend;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.graph.Graph;
import org.quantvoice.torch.graph.GraphImporter;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.QuantizedEngine;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changed files: each is refused with a typed error, or libtorch loads and runs it and this process lives. */
class MutatedArchiveTest {
    private static final Logger LOG = LoggerFactory.getLogger(MutatedArchiveTest.class);
    private static final int TRIALS = Integer.getInteger("quantvoice.trials", 30);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "graph/pooling.pt, /data.pkl",
        "graph/recurrent.pt, /data.pkl",
        "graph/mixed.pt, /constants.pkl",
        "int8/affine-weights.pt, /data.pkl",
        "int8/recurrent-qint8.pt, /data.pkl",
        "graph/pooling.pt, /graph_fixtures.py"
    })
    void aChangeOfAFewBytes(String model, String part) throws IOException {
        Libtorch.load();
        long seed = Long.getLong("quantvoice.seed", 20261130);
        byte[] whole = ArchiveParts.of(model).get(part);
        int loaded = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Random random = new Random(seed + trial);
            Path file = ArchiveParts.of(model)
                    .edit(part, b -> change(whole, random))
                    .store(folder.resolve("changed.pt"));
            // If this process dies, the last line says with which file.
            LOG.info("{}{} with -Dquantvoice.seed={}", model, part, seed + trial);
            loaded += survives(file) ? 1 : 0;
        }
        assertThat(loaded).as("files that loaded of " + TRIALS).isLessThan(TRIALS);
    }

    private static byte[] change(byte[] whole, Random random) {
        byte[] changed = whole.clone();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(4)) {
                case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> changed[at] = (byte) random.nextInt(256);
                case 2 -> changed[at] = whole[random.nextInt(whole.length)];
                default -> {
                    int from = random.nextInt(whole.length);
                    int count = Math.min(Math.min(1 + random.nextInt(12), whole.length - from), whole.length - at);
                    System.arraycopy(whole, from, changed, at, count);
                }
            }
        }
        return changed;
    }

    private static boolean survives(Path file) {
        ScriptArchive archive;
        try {
            archive = ScriptArchive.check(file);
        } catch (QuantVoiceException e) {
            return false;
        }
        Optional<Backend> backend = archive.int8() ? Optional.of(Backend.FBGEMM) : Optional.empty();
        try (ScriptModule module = ScriptModule.load(file, backend);
                QuantizedEngine.Hold engine = QuantizedEngine.use(backend);
                TorchCall call = new TorchCall(1)) {
            run(module);
            try (Graph graph = GraphImporter.importFrom(module.module())) {
                assertThat(graph).isNotNull();
            }
            return true;
        } catch (QuantVoiceException e) {
            return false;
        }
    }

    private static void run(ScriptModule module) {
        try {
            Tensor output = Libtorch.call(() -> module.raw(new float[400]));
            assertThat(output).isNotNull();
        } catch (Libtorch.TorchFailure | QuantVoiceException e) {
            assertThat(e).hasMessageNotContaining("SIGSEGV");
        }
    }
}
