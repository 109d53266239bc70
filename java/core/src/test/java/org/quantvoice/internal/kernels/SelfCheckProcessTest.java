package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native self-check as a process meets it, with a failure injected into the best tier of this CPU. */
class SelfCheckProcessTest {
    @TempDir
    Path cache;

    private String best;
    private String next;

    @BeforeEach
    void findTiers() {
        List<String> tiers = Kernels.supportedTiers();
        assumeThat(tiers).as("a CPU with tiers beside scalar").hasSizeGreaterThan(1);
        best = tiers.get(tiers.size() - 1);
        next = tiers.get(tiers.size() - 2);
    }

    private List<String> start(String failing, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-Dquantvoice.cachedir=" + cache));
        all.addAll(List.of(options));
        return KernelsProcess.run(
                System.getProperty("java.class.path"), all, failing.isEmpty() ? List.of() : List.of(failing));
    }

    private long records() throws Exception {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void everyTierOfThisCpuPasses() {
        assertThat(Kernels.selfCheck()).isEmpty();
    }

    @Test
    void tierThatFailsIsLeftOutWithOneWarning() throws Exception {
        List<String> lines = start(best);
        assertThat(lines).contains("tier " + next);
        assertThat(lines.stream().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains("tier " + best + " is left out: kernel of a test of tier " + best);
        // The scalar tier is what the others are compared with, so that nothing is recorded of it.
        assertThat(records()).as("only %s passed", next).isEqualTo(next.equals("scalar") ? 0 : 1);
    }

    @Test
    void forcedTierThatFailsIsAnError() throws Exception {
        assertThat(start(best, "-Dquantvoice.isa=" + best))
                .singleElement()
                .asString()
                .startsWith("EngineException: got kernel of a test of tier " + best)
                .contains("a tier whose kernels are right on this CPU", "-Dquantvoice.isa");
        assertThat(records()).isZero();
    }

    @Test
    void whatPassedOnceIsNotCheckedAgainUnlessAlways() throws Exception {
        assertThat(start("")).contains("tier " + best);
        assertThat(records()).isEqualTo(1);
        assertThat(start(best)).as("by the record").contains("tier " + best);
        assertThat(start(best, "-Dquantvoice.selfcheck=always")).contains("tier " + next);
        assertThat(start(best, "-Dquantvoice.selfcheck=once", "-Dquantvoice.cachedir=" + cache.resolve("other")))
                .contains("tier " + next);
    }

    @Test
    void offRunsNoCheckAndOtherWordsAreErrors() throws Exception {
        assertThat(start(best, "-Dquantvoice.selfcheck=off")).contains("tier " + best);
        assertThat(records()).isZero();
        for (String word : List.of("", "never", "ALWAYS")) {
            assertThat(start("", "-Dquantvoice.selfcheck=" + word))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "EngineException: got -Dquantvoice.selfcheck=" + word + "; expected always, once or off");
        }
    }
}
