package org.quantvoice.cli.terminal;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.quantvoice.error.OutputException;

/** A table in a file, each row of which is written to disk as soon as it is added. */
public final class CsvFile implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;

    /**
     * Begins a file and replaces an old one.
     *
     * @throws OutputException if it cannot be written
     */
    public CsvFile(Path file, String... titles) {
        this.file = file;
        try {
            out = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw failed(e);
        }
        row((Object[]) titles);
    }

    public void row(Object... cells) {
        try {
            out.write(Arrays.stream(cells).map(CsvFile::cell).collect(Collectors.joining(",")));
            out.newLine();
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static String cell(Object value) {
        String text = String.valueOf(value);
        return text.matches("(?s).*[\",\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private OutputException failed(IOException e) {
        return new OutputException(
                file + ", which cannot be written (" + e + ")", "a path to write", "choose another folder", e);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
