package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.kernels.SelfCheck.Mode;

/** When tiers are checked, what is kept of it, and which tier is then chosen; {@link SelfCheckProcessTest} runs the real one. */
class SelfCheckTest {
    private static final List<String> SUPPORTED = List.of("scalar", "slow", "fast");

    @TempDir
    Path cache;

    private final List<String> checked = Collections.synchronizedList(new ArrayList<>());
    private Path library;

    @BeforeEach
    void writeLibrary() throws IOException {
        library = Files.write(cache.resolve("library.so"), new byte[] {1, 2, 3});
    }

    private SelfCheckRecord record(String cpu) {
        return SelfCheckRecord.of(cache, library, cpu);
    }

    /** A check by which the named tiers fail. */
    private SelfCheck check(Mode mode, SelfCheckRecord record, String... failing) {
        return new SelfCheck(mode, record, tier -> {
            checked.add(tier);
            return List.of(failing).contains(tier) ? "kernel x of tier " + tier : null;
        });
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.walk(cache.resolve("selfcheck"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void onceIsOnceForACpuModelAndALibrary() throws IOException {
        assertThat(check(Mode.ONCE, record("a")).failureOf("fast")).isNull();
        assertThat(check(Mode.ONCE, record("a")).failureOf("fast")).isNull();
        assertThat(checked).containsExactly("fast");
        check(Mode.ONCE, record("a")).failureOf("slow");
        check(Mode.ONCE, record("b")).failureOf("fast");
        assertThat(checked).containsExactly("fast", "slow", "fast");
        Files.write(library, new byte[] {1, 2, 4});
        check(Mode.ONCE, record("a")).failureOf("fast");
        assertThat(checked).hasSize(4);
        assertThat(kept()).hasSize(4);
    }

    @Test
    void alwaysTrustsNoRecordAndOffRunsNothing() {
        SelfCheckRecord record = record("a");
        record.add("fast");
        assertThat(check(Mode.ALWAYS, record, "fast").failureOf("fast")).contains("tier fast");
        assertThat(check(Mode.OFF, record("b"), "fast").failureOf("fast")).isNull();
        assertThat(checked).containsExactly("fast");
    }

    @Test
    void failuresAreNotKept() {
        assertThat(check(Mode.ONCE, record("a"), "fast").failureOf("fast")).isNotNull();
        assertThat(check(Mode.ONCE, record("a"), "fast").failureOf("fast")).isNotNull();
        assertThat(checked).hasSize(2);
        assertThat(cache.resolve("selfcheck")).doesNotExist();
    }

    @Test
    void damagedRecordsAreCheckedAgainAndWrittenAnew() throws IOException {
        record("a").add("fast");
        Path file = kept().get(0);
        String right = Files.readString(file);
        Path elsewhere = Files.writeString(cache.resolve("elsewhere"), right);
        for (Damage damage : List.<Damage>of(
                path -> Files.writeString(path, ""),
                path -> Files.writeString(path, right.replace("passed", "failed")),
                path -> Files.write(path, new byte[] {(byte) 0xff, (byte) 0xfe}),
                path -> Files.write(path, new byte[1 << 20]),
                path -> {
                    Files.delete(path);
                    Files.createSymbolicLink(path, elsewhere);
                })) {
            checked.clear();
            damage.to(file);
            assertThat(check(Mode.ONCE, record("a")).failureOf("fast")).isNull();
            assertThat(checked).containsExactly("fast");
            assertThat(Files.isSymbolicLink(file)).isFalse();
            assertThat(file).hasContent(right.strip());
        }
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    @Test
    void foldersThatCannotBeUsedCostARepeatedCheckOnly() throws IOException {
        Files.writeString(cache.resolve("selfcheck"), "a file where the folder should be");
        for (int i = 0; i < 2; i++) {
            assertThat(check(Mode.ONCE, record("a")).failureOf("fast")).isNull();
        }
        assertThat(check(Mode.ONCE, SelfCheckRecord.of(cache, null, "a")).failureOf("fast"))
                .isNull();
        assertThat(check(Mode.ONCE, SelfCheckRecord.of(cache, cache.resolve("gone.so"), "a"))
                        .failureOf("fast"))
                .isNull();
        assertThat(checked).hasSize(4);
    }

    @Test
    void bestTierThatPassesIsChosen() {
        assertThat(TierChoice.choose("", SUPPORTED, check(Mode.ALWAYS, record("a"))))
                .isEqualTo("fast");
        assertThat(checked).containsExactly("fast");
        assertThat(TierChoice.choose("", SUPPORTED, check(Mode.ALWAYS, record("a"), "fast")))
                .isEqualTo("slow");
        assertThat(TierChoice.choose("", SUPPORTED, check(Mode.ALWAYS, record("a"), "fast", "slow", "scalar")))
                .as("the specification is never left out")
                .isEqualTo("scalar");
    }

    @Test
    void forcedTierThatFailsIsAnErrorAndAnUnknownOneIsTheLibrarysAffair() {
        SelfCheck check = check(Mode.ALWAYS, record("a"), "slow");
        assertThatThrownBy(() -> TierChoice.choose("slow", SUPPORTED, check))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("kernel x of tier slow")
                .hasMessageContaining("-Dquantvoice.isa");
        assertThat(TierChoice.choose("fast", SUPPORTED, check)).isEqualTo("fast");
        assertThat(TierChoice.choose("scalar", SUPPORTED, check)).isEqualTo("scalar");
        assertThat(TierChoice.choose("sse9", SUPPORTED, check)).isEqualTo("sse9");
        assertThat(checked).containsExactly("slow", "fast");
    }

    @Test
    void manyProcessesMayKeepTheSameResult() throws IOException {
        Stream.generate(() -> record("a")).limit(40).parallel().forEach(record -> assertThat(
                        check(Mode.ONCE, record).failureOf("fast"))
                .isNull());
        assertThat(record("a").contains("fast")).isTrue();
        assertThat(kept()).hasSize(1);
    }
}
