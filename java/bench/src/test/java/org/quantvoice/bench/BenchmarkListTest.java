package org.quantvoice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** JMH runs what its annotation processor listed while this module was compiled. */
class BenchmarkListTest {

    @Test
    void theProcessorRan() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/META-INF/BenchmarkList")) {
            assertThat(in)
                    .as("the list of benchmarks; see annotationProcessorPaths in pom.xml")
                    .isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(DecoderBenchmark.class.getName(), FrontEndBenchmark.class.getName());
        }
    }
}
