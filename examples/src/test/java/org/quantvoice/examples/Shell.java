package org.quantvoice.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs a line of a shell as a process of its own. */
final class Shell {
    static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));

    private static final long MINUTES = 5;

    private Shell() {}

    record Result(String line, int code, String out, String err) {
        @Override
        public String toString() {
            return "$ " + line + "\nexit code " + code + "\nstdout: " + out + "\nstderr: " + err;
        }
    }

    /** Does not build: this test is part of a build, which has packaged the command line already. */
    static Result run(Path folder, String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("QV_NO_BUILD", "1");
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("no end after " + MINUTES + " minutes: " + line);
        }
        Result result = new Result(
                line,
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
        Files.delete(out);
        Files.delete(err);
        return result;
    }
}
