package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.files.ContentHash;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.nativeengine.NativeEngine;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

/** Packed weights in a file beside the model: what a run gives must be what it gives without them, whatever the file is. */
final class KeptWeightsTest {
    private static final float[] SAMPLES = SmallModels.noise(1_000);

    private static final QuantRecipe DYNAMIC =
            new QuantRecipe(List.of(), List.of(""), ActivationObserver.MIN_MAX, true);

    private final long live = NativeMemory.liveBlocks();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeMemory.liveBlocks()).as("native blocks").isEqualTo(live);
    }

    private Path write(Graph graph) {
        return SmallModels.write(graph, folder.resolve("model.qv"));
    }

    private static float[] run(Path model, boolean keepPacked) {
        try (AcousticModel opened = new NativeEngine().open(KeptRequests.of(model, keepPacked, Optional.empty()))) {
            return opened.run(SAMPLES).data();
        }
    }

    @Test
    void theSecondStartGivesTheSameBitsFromAFileThatStaysAsItIs() throws IOException {
        for (Graph graph : List.of(SmallModels.transformer(), SmallModels.recurrent(), SmallModels.packed())) {
            Path model = write(graph);
            float[] expected = run(model, false);
            assertThat(run(model, true)).isEqualTo(expected);
            Path kept = KeptWeights.file(model);
            byte[] first = Files.readAllBytes(kept);
            Object key = Files.readAttributes(kept, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            assertThat(run(model, true)).isEqualTo(expected);
            assertThat(unstamped(Files.readAllBytes(kept))).isEqualTo(unstamped(first));
            assertThat(Files.readAttributes(kept, java.nio.file.attribute.BasicFileAttributes.class)
                            .fileKey())
                    .as("not written again")
                    .isEqualTo(key);
        }
    }

    private static byte[] unstamped(byte[] file) {
        byte[] copy = file.clone();
        Arrays.fill(copy, PackedFile.STAMP_AT, PackedFile.DATA, (byte) 0);
        return copy;
    }

    @Test
    void weightsAreTakenFromTheFile() throws IOException {
        Path model = write(SmallModels.transformer());
        float[] expected = run(model, true);
        PackedBytes kept = new PackedBytes(KeptWeights.file(model));
        kept.flipContents(); // with sums that say all is well, as no accident does
        assertThat(run(model, true)).isNotEqualTo(expected);
        assertThat(run(model, false)).isEqualTo(expected);
    }

    @Test
    void aDamagedByteAnywhereIsFoundAndMended() throws IOException {
        Path model = write(SmallModels.transformer());
        float[] expected = run(model, true);
        Path kept = KeptWeights.file(model);
        byte[] whole = Files.readAllBytes(kept);
        Random random = new Random(4);
        int mended = 0;
        for (int i = 0; i < 120; i++) {
            byte[] damaged = whole.clone();
            int at = i < PackedFile.TAIL ? whole.length - 1 - i : random.nextInt(whole.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(kept, damaged);
            assertThat(run(model, true)).as("byte %d of %d", at, whole.length).isEqualTo(expected);
            mended += Arrays.equals(unstamped(Files.readAllBytes(kept)), unstamped(whole)) ? 1 : 0;
        }
        assertThat(mended)
                .as("files that are whole again; padding may stay as it is")
                .isGreaterThan(60);
    }

    @Test
    void aFileThatWasCutShortOrIsSomethingElseIsMadeAnew() throws IOException {
        Path model = write(SmallModels.recurrent());
        float[] expected = run(model, true);
        Path kept = KeptWeights.file(model);
        byte[] whole = Files.readAllBytes(kept);
        for (int length : new int[] {0, 1, 63, 64, 88, whole.length / 2, whole.length - 1}) {
            Files.write(kept, Arrays.copyOf(whole, length));
            assertThat(run(model, true)).as("%d bytes", length).isEqualTo(expected);
            assertThat(unstamped(Files.readAllBytes(kept)))
                    .as("%d bytes", length)
                    .isEqualTo(unstamped(whole));
        }
        Files.write(kept, Files.readAllBytes(model));
        assertThat(run(model, true)).isEqualTo(expected);
        assertThat(unstamped(Files.readAllBytes(kept))).isEqualTo(unstamped(whole));
    }

    @Test
    void aFileOfAnotherTierOrVersionIsMadeAnew() throws IOException {
        Path model = write(SmallModels.transformer());
        float[] expected = run(model, true);
        Path file = KeptWeights.file(model);
        byte[] whole = Files.readAllBytes(file);
        PackedBytes kept = new PackedBytes(file);
        kept.flipContents();
        kept.changeLayout();
        assertThat(run(model, true)).isEqualTo(expected);
        assertThat(unstamped(Files.readAllBytes(file))).isEqualTo(unstamped(whole));
    }

    @Test
    void aModelThatWasReplacedByOneOfTheSameSizeAndTimeIsPackedAnew() throws IOException {
        Path model = write(SmallModels.transformer());
        float[] before = run(model, true);
        FileTime time = Files.getLastModifiedTime(model);
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 1] ^= 0x40; // of the last tensor's last float
        Files.write(model, bytes);
        Files.setLastModifiedTime(model, time);
        float[] expected = run(model, false);
        assertThat(expected).isNotEqualTo(before);
        assertThat(run(model, true)).isEqualTo(expected);
        assertThat(run(model, true)).isEqualTo(expected);
    }

    @Test
    void aCopyOfModelAndFileIsUsedByItsContentAndGetsTheCopysStampOnceItIsOldEnough() throws Exception {
        Path model = write(SmallModels.transformer());
        float[] expected = run(model, true);
        Path copy = Files.createDirectory(folder.resolve("copy")).resolve("model.qv");
        Files.copy(model, copy);
        Path kept = Files.copy(KeptWeights.file(model), KeptWeights.file(copy));
        new PackedBytes(kept).flipContents();
        byte[] content = unstamped(Files.readAllBytes(kept));
        assertThat(run(copy, true)).as("taken from the file").isNotEqualTo(expected);
        assertThat(unstamped(Files.readAllBytes(kept))).isEqualTo(content);
        Optional<org.quantvoice.internal.files.FileStamp> stamp = KeptWeights.stamp(copy);
        assumeTrue(stamp.isPresent(), "a system with times of change");
        while (!stamp.get().isSettled(Instant.now())) {
            Thread.sleep(100);
        }
        run(copy, true);
        assertThat(Arrays.copyOfRange(
                        Files.readAllBytes(kept), PackedFile.STAMP_AT, PackedFile.STAMP_AT + PackedFile.HASH))
                .isEqualTo(stamp.get().hash());
        run(copy, true);
        assertThat(unstamped(Files.readAllBytes(kept))).isEqualTo(content);
    }

    @Test
    void aFolderInItsPlaceCostsOnlyTheFile() throws IOException {
        Path model = write(SmallModels.transformer());
        Path inTheWay = Files.createDirectory(KeptWeights.file(model));
        Files.createFile(inTheWay.resolve("something"));
        assertThat(run(model, true)).isEqualTo(run(model, false));
        assertThat(inTheWay.resolve("something")).exists();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFolderThatCannotBeWrittenCostsOnlyTheFile() throws IOException {
        Path model = write(SmallModels.transformer());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeTrue(!Files.isWritable(folder), "a user who is bound by permissions");
            assertThat(run(model, true)).isEqualTo(run(model, false));
            assertThat(KeptWeights.file(model)).doesNotExist();
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskCostsOnlyTheFile() throws IOException {
        Path model = write(SmallModels.transformer());
        Files.createSymbolicLink(KeptWeights.file(model), Path.of("/dev/full"));
        assertThat(run(model, true)).isEqualTo(run(model, false));
    }

    @Test
    void manyThatStartAtOnceAgreeAndLeaveOneWholeFile() throws Exception {
        Path model = write(SmallModels.transformer());
        float[] expected = run(model, false);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Callable<float[]>> starts = IntStream.range(0, 40)
                .<Callable<float[]>>mapToObj(i -> () -> run(model, true))
                .toList();
        for (Future<float[]> start : threads.invokeAll(starts)) {
            assertThat(start.get()).isEqualTo(expected);
        }
        threads.shutdown();
        new PackedBytes(KeptWeights.file(model)).flipContents();
        assertThat(run(model, true)).as("whole, so it is used").isNotEqualTo(expected);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(model, KeptWeights.file(model));
        }
    }

    @Test
    void theHashOfContentTellsEveryByteAndTheLength() throws IOException {
        byte[] bytes = new byte[(1 << 20) + 100];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("bytes"), bytes);
        byte[] hash = ContentHash.of(file);
        Files.copy(file, folder.resolve("again"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(ContentHash.of(folder.resolve("again"))).isEqualTo(hash);
        for (int at : new int[] {0, 1 << 19, (1 << 20) - 1, 1 << 20, bytes.length - 1}) {
            byte[] other = bytes.clone();
            other[at]++;
            assertThat(ContentHash.of(Files.write(folder.resolve("other"), other)))
                    .isNotEqualTo(hash);
        }
        assertThat(ContentHash.of(Files.write(file, Arrays.copyOf(bytes, bytes.length + 1))))
                .isNotEqualTo(hash);
        assertThat(ContentHash.crc(ByteBuffer.wrap("123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII))))
                .as("the check value of CRC-32C")
                .isEqualTo(0xe3069283);
    }

    @Test
    void aModelThatIsQuantizedOnTheWayHasNone() {
        Path model = write(SmallModels.floats());
        assertThatThrownBy(() -> new NativeEngine().open(KeptRequests.of(model, true, Optional.of(DYNAMIC))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("keepPacked");
        assertThat(KeptWeights.file(model)).doesNotExist();
    }
}
