package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tests of the kernels and of the engine once more, in a JVM that checks every call into and out of native code. */
public class CheckedJniTest {
    @Test
    void noCallBreaksTheRulesOfJni() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xcheck:jni",
                "-Xmx700m",
                "-Dquantvoice.fuzz=50",
                "-Dquantvoice.churn=40",
                "-Dquantvoice.root=" + System.getProperty("quantvoice.root"),
                "-cp",
                System.getProperty("java.class.path"),
                CheckedJniProbe.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
        assertThat(output)
                .as("%s", command)
                .contains("0 failed")
                .doesNotContain("in native method")
                .doesNotContain("WARNING: JNI");
    }
}
