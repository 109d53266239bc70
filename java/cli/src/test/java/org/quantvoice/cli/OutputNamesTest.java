package org.quantvoice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputNamesTest {
    @Test
    void filesOfOneNameAreToldApartByTheirFolders() {
        Path one = Path.of("/data/2024/a/x.wav");
        Path other = Path.of("/data/2024/b/x.wav");
        Path deep = Path.of("/data/2025/b/x.wav");
        Path alone = Path.of("y.wav");
        OutputNames names = new OutputNames(List.of(one, other, deep, alone, Path.of("./y.wav")));
        assertThat(names.of(one)).isEqualTo(Path.of("a/x.wav"));
        assertThat(names.of(other)).isEqualTo(Path.of("2024/b/x.wav"));
        assertThat(names.of(deep)).isEqualTo(Path.of("2025/b/x.wav"));
        assertThat(names.of(alone)).isEqualTo(Path.of("y.wav"));
        assertThat(names.of(Path.of("./y.wav"))).isEqualTo(Path.of("y.wav"));
    }
}
