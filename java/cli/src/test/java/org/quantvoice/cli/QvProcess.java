package org.quantvoice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command line in a process of its own, for signals. */
public final class QvProcess implements AutoCloseable {
    public static final int SIGTERM_EXIT = 128 + 15;

    private final Path folder;
    private final Process process;

    /** @param folder for what it prints */
    public QvProcess(Path folder, Object... args) throws IOException {
        this.folder = folder;
        List<String> java = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.quantvoice.cli.Main");
        process = new ProcessBuilder(
                        Stream.concat(java.stream(), Arrays.stream(args).map(Object::toString))
                                .toList())
                .redirectError(folder.resolve("errors.txt").toFile())
                .redirectOutput(folder.resolve("out.txt").toFile())
                .start();
    }

    /** Waits until it ends by itself. */
    public void awaitEnd() throws Exception {
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            throw new AssertionError("it does not end: " + errors());
        }
    }

    /** Sends SIGTERM as soon as the condition holds, and waits for the end. */
    public void terminateWhen(Callable<Boolean> condition) throws Exception {
        long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!condition.call()) {
            if (!process.isAlive() || System.nanoTime() > patience) {
                throw new AssertionError("it ended or hangs: " + errors());
            }
            Thread.sleep(20);
        }
        process.destroy();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("it does not stop: " + errors());
        }
    }

    public int exitCode() {
        return process.exitValue();
    }

    public String errors() throws IOException {
        return Files.readString(folder.resolve("errors.txt"));
    }

    public String out() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
