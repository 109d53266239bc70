package org.quantvoice.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.decode.BeamOptions;
import org.quantvoice.decode.DecoderStream;
import org.quantvoice.decode.PrefixBeam;
import org.quantvoice.engine.LogProbs;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;

/** A language model file that another process cuts short while it is in use, and one that is a pipe. */
class ShortenedModelTest {
    private static final Vocabulary LETTERS =
            new Vocabulary(List.of("<blank>", "|", "a", "e", "h", "n", "o", "s", "t"), 0, OptionalInt.of(1), false);

    @TempDir
    Path dir;

    private Path copy(String name) throws IOException {
        Path model = KenlmParityTest.pairs()
                .map(KenlmParityTest.Pair::model)
                .filter(p -> p.getFileName().toString().equals(name))
                .findFirst()
                .orElseThrow();
        return Files.copy(model, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static LogProbs noise(int seed, int frames) {
        Random random = new Random(seed);
        float[] data = new float[frames * LETTERS.size()];
        for (int t = 0; t < frames; t++) {
            double sum = 0;
            for (int v = 0; v < LETTERS.size(); v++) {
                data[t * LETTERS.size() + v] = (float) random.nextGaussian();
                sum += Math.exp(data[t * LETTERS.size() + v]);
            }
            for (int v = 0; v < LETTERS.size(); v++) {
                data[t * LETTERS.size() + v] -= (float) Math.log(sum);
            }
        }
        return new LogProbs(data, frames, LETTERS.size());
    }

    private static PrefixBeam decoder(LanguageModel model) {
        return PrefixBeam.with(
                LETTERS, BeamOptions.builder().lm(LmOptions.of(model).build()).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kjv3.probing.bin", "kjv3.trie.bin"})
    void whatIsInMemoryStaysWhole(String name) throws IOException {
        Path file = copy(name);
        try (LanguageModel model = LanguageModel.open(file)) {
            PrefixBeam decoder = decoder(model);
            double before = decoder.decode(noise(1, 60)).score();
            String word = model.word(model.size() / 2);
            int id = model.wordId(word);
            cut(file, 0);
            assertThat(decoder.decode(noise(1, 60)).score()).isEqualTo(before);
            assertThat(model.wordId(word)).isEqualTo(id).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kjv3.probing.bin", "kjv3.trie.bin"})
    void aMappedFileThatIsCutIsATypedError(String name) throws IOException {
        // What the JVM says of such a read, and when, changes with the compilation of the code that reads.
        for (int round = 0; round < 40; round++) {
            Path file = copy(name);
            try (LanguageModel model = LanguageModel.open(file, 0)) {
                PrefixBeam decoder = decoder(model);
                decoder.decode(noise(1, 60));
                DecoderStream underWay = decoder.begin();
                underWay.accept(noise(2, 30));
                cut(file, round % 2 * 4096);
                assertLost(() -> decoder.decode(noise(3, 60)));
                // No frame is too few: the stream's score may rest on what it reads now.
                assertLost(() -> underWay.accept(noise(4, 1)));
                assertLost(underWay::finish);
                assertLost(() -> decoder(model));
            }
        }
    }

    private static void assertLost(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ModelFormatException.class).hasMessageContaining("cut short");
    }

    @Test
    void aPipeIsReadOnce() throws Exception {
        for (String name : List.of("kjv3.trie.bin", "bugs_bunny_kenlm.arpa")) {
            Path file = copy(name);
            Path pipe = dir.resolve("pipe-" + name);
            Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
            assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
            Thread writer = new Thread(() -> {
                try (InputStream in = Files.newInputStream(file);
                        OutputStream out = Files.newOutputStream(pipe)) {
                    in.transferTo(out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            try (LanguageModel piped = LanguageModel.open(pipe);
                    LanguageModel read = LanguageModel.open(file)) {
                assertThat(piped.size()).isEqualTo(read.size());
                assertThat(decoder(piped).decode(noise(4, 80)))
                        .isEqualTo(decoder(read).decode(noise(4, 80)));
            }
            writer.join();
        }
    }
}
