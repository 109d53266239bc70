package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.audio.Audio;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;

/** A {@code .qv} file that another process cuts short or overwrites while it is opened, used or saved. */
class ShortenedModelFileTest {
    private static final Path DIGITS = Path.of(System.getProperty("quantvoice.root"), "models/digits/model/digits.qv");

    @TempDir
    Path dir;

    private Path copy() throws IOException {
        return Files.copy(DIGITS, dir.resolve("model.qv"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static Audio noise(int samples) {
        Random random = new Random(1);
        float[] data = new float[samples];
        for (int i = 0; i < samples; i++) {
            data[i] = (float) (0.1 * random.nextGaussian());
        }
        return new Audio(data, 16_000);
    }

    private static QuantSession open(Path model) {
        return QuantSession.builder().model(model).threads(1).build();
    }

    /** Packing once read the map in native code: SIGBUS within 60 tries. */
    @Test
    void cutWhileItIsOpenedItIsWholeOrRefused() throws Exception {
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            Path model = copy();
            int delay = i;
            AtomicReference<Exception> failure = new AtomicReference<>();
            Thread cutter = new Thread(() -> {
                try {
                    Thread.sleep(delay / 2);
                    cut(model, (delay % 3) * 100_000L);
                } catch (IOException | InterruptedException e) {
                    failure.set(e);
                }
            });
            cutter.start();
            try (QuantSession session = open(model)) {
                session.transcribe(noise(16_000));
            } catch (QuantVoiceException e) {
                assertThat(e).as("try %d", i).isInstanceOf(ModelFormatException.class);
                refused++;
            }
            cutter.join();
            assertThat(failure.get()).isNull();
        }
        assertThat(refused).as("some files are cut before they are read").isPositive();
    }

    @Test
    void savingWhatWasCutIsWholeOrATypedErrorThatLeavesTheTarget() throws IOException {
        Path model = copy();
        Path target = Files.writeString(dir.resolve("saved.qv"), "old");
        try (QuantSession session = open(model)) {
            String before = session.transcribe(noise(16_000)).text();
            session.save(target);
            byte[] whole = Files.readAllBytes(target);
            Files.writeString(target, "old");
            cut(model, 0);
            for (int i = 0; i < 5; i++) {
                System.gc(); // lets go of what was read
                try {
                    session.save(target);
                    assertThat(target).as("what was read before").hasBinaryContent(whole);
                    Files.writeString(target, "old");
                } catch (ModelFormatException e) {
                    assertThat(e).hasMessageContaining("cut short");
                }
                assertThat(target).hasContent("old");
            }
            assertThat(session.transcribe(noise(16_000)).text()).isEqualTo(before);
        }
        try (var files = Files.list(dir)) {
            assertThat(files.map(p -> p.getFileName().toString()))
                    .as("no temporary file stays")
                    .containsExactlyInAnyOrder("model.qv", "saved.qv", "saved.tokens.json");
        }
    }

    @Test
    void otherLengthsAfterTheCutGiveWordsOrATypedError() throws IOException {
        for (long rest : new long[] {0, 4096, 1_000_000}) {
            Path model = copy();
            try (QuantSession session = open(model)) {
                session.transcribe(noise(16_000));
                cut(model, rest);
                for (int samples : new int[] {16_000, 16_001, 32_000, 48_017}) {
                    try {
                        session.transcribe(noise(samples));
                    } catch (QuantVoiceException e) {
                        assertThat(e).isInstanceOf(ModelFormatException.class).hasMessageContaining("cut short");
                    }
                }
            }
        }
    }
}
