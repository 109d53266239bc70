package org.quantvoice.internal.qv;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A {@code .qv} file whose header was read, once for all that is asked of it. One of {@link #model} and {@link #stream} takes it over. */
public final class OpenQv {
    private final Path file;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, SafeTensors.Entry> entries;

    private OpenQv(Path file) {
        this.file = file;
        this.entries = QvFile.open(file, metadata);
    }

    /** @throws org.quantvoice.error.ModelFormatException if the file is missing, damaged, or of another version */
    public static OpenQv of(Path file) {
        return new OpenQv(file);
    }

    /** Closes the file, also one that a model took over. */
    public void close() {
        entries.values().forEach(entry -> entry.bytes().close());
    }

    /** Whether it holds a streaming model. */
    public boolean holdsStream() {
        return metadata.containsKey(QvStreamFile.STREAM);
    }

    /**
     * Builds the graph of a model of whole utterances.
     *
     * @throws org.quantvoice.error.ModelFormatException if it is damaged; the file is closed then
     */
    public QvModel model() {
        return SafeTensors.orClose(
                entries,
                () -> QvFile.sound(
                        file,
                        () -> new QvModel(
                                QvFile.graph(metadata, "", entries),
                                Optional.ofNullable(metadata.get("tokens")),
                                QvFile.provenance(metadata))));
    }

    /** The same for the graphs of a streaming model. */
    public QvStream stream() {
        return SafeTensors.orClose(entries, () -> QvFile.sound(file, () -> QvStreamFile.read(metadata, entries)));
    }
}
