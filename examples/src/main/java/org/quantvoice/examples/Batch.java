package org.quantvoice.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.quantvoice.QuantSession;
import org.quantvoice.error.QuantVoiceException;

/**
 * Prints the words of every recording of a folder: {@code Batch FOLDER}. Threads share one session, and each run has
 * one thread: for many files that is faster than many threads for each.
 */
public final class Batch {
    private Batch() {}

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        List<Path> recordings;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            recordings = files.filter(Batch::isRecording).sorted().toList();
        }
        ExecutorService threads = Executors.newFixedThreadPool(QuantSession.defaultThreads());
        try (QuantSession session = QuantSession.builder().threads(1).build()) {
            List<Future<String>> lines = recordings.stream()
                    .map(recording -> threads.submit(() -> line(session, recording)))
                    .toList();
            for (Future<String> line : lines) {
                System.out.println(line.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isRecording(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".wav") || name.endsWith(".flac");
    }

    /**
     * Returns the words of a recording, or why it cannot be read, so that one damaged file does not stop the others.
     */
    private static String line(QuantSession session, Path recording) {
        try {
            return recording.getFileName() + "\t"
                    + session.transcribe(recording).text();
        } catch (QuantVoiceException e) {
            return recording.getFileName() + "\terror: " + e.getMessage();
        }
    }
}
