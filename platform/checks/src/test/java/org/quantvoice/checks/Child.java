package org.quantvoice.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a process to its end; its result prints what reproduces it. */
final class Child {
    private static final long SECONDS = 120;

    private Child() {}

    record Result(List<String> command, int code, String out, String err) {
        @Override
        public String toString() {
            return "$ " + String.join(" ", command) + "\nexit code " + code + "\nstdout: " + out + "\nstderr: " + err;
        }
    }

    /** A JVM on a class path, with a main class and its arguments after the options. */
    static List<String> java(List<Path> classPath, Object... optionsAndArguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        if (!classPath.isEmpty()) {
            command.addAll(List.of("-cp", Jars.path(classPath)));
        }
        Arrays.stream(optionsAndArguments).map(Object::toString).forEach(command::add);
        return command;
    }

    static Result run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    static Result run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        return start(command, environment).result();
    }

    /** A process that may run beside others. */
    record Running(List<String> command, Process process, Path out, Path err) {
        Result result() throws IOException, InterruptedException {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end after " + SECONDS + " s: " + String.join(" ", command));
            }
            Result result = new Result(command, process.exitValue(), text(out), text(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        }

        private static String text(Path file) throws IOException {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        }
    }

    static Running start(List<String> command, Map<String, String> environment) throws IOException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("XDG_CACHE_HOME");
        builder.environment().putAll(environment);
        return new Running(command, builder.start(), out, err);
    }
}
