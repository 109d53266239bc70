package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {
    @TempDir
    Path root;

    @Test
    void twoThreadsOfACoreCountOnce() throws IOException {
        processors("0-3", "0,2", "1,3", "0,2", "1,3");
        assertThat(PhysicalCores.count(root, 4)).isEqualTo(2);
    }

    @Test
    void onlyProcessorsThatThisProcessMayUseCount() throws IOException {
        processors("0,2-3", "0,2", "1,3", "0,2", "1,3");
        assertThat(PhysicalCores.count(root, 3)).isEqualTo(2);
        processors("2", "0,2", "1,3", "0,2", "1,3");
        assertThat(PhysicalCores.count(root, 1)).isEqualTo(1);
    }

    @Test
    void processorsThatAreNotPluggedInAreSkipped() throws IOException {
        processors("0-127", "0", "1", "2");
        assertThat(PhysicalCores.count(root, 3)).isEqualTo(3);
    }

    @Test
    void theQuotaOfAContainerHolds() throws IOException {
        processors("0-3", "0", "1", "2", "3");
        assertThat(PhysicalCores.count(root, 2)).isEqualTo(2);
    }

    @Test
    void whereNothingIsKnownEveryProcessorCounts() throws IOException {
        assertThat(PhysicalCores.count(root, 6)).isEqualTo(6);
        processors("0-3");
        assertThat(PhysicalCores.count(root, 4)).isEqualTo(4);
        Files.writeString(root.resolve("proc/self/status"), "Name:\tjava\n");
        assertThat(PhysicalCores.count(root, 5)).isEqualTo(5);
    }

    private void processors(String allowed, String... siblings) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                root.resolve("proc/self/status"), "Name:\tjava\nCpus_allowed_list:\t" + allowed + "\nMems:\t0\n");
        for (int cpu = 0; cpu < siblings.length; cpu++) {
            Path topology = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology");
            Files.createDirectories(topology);
            Files.writeString(topology.resolve("thread_siblings_list"), siblings[cpu] + "\n");
        }
    }
}
