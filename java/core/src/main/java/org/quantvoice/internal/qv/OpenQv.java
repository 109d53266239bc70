package org.quantvoice.internal.qv;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code .qv} file whose header was read once for all later questions. {@link #model} or {@link #stream} takes
 * ownership of it.
 */
public final class OpenQv {
    private final Path file;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, SafeTensors.Entry> entries;

    private OpenQv(Path file) {
        this.file = file;
        this.entries = QvFile.open(file, metadata);
    }

    /**
     * Opens a file.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is missing, damaged, or of another version
     */
    public static OpenQv of(Path file) {
        return new OpenQv(file);
    }

    /** Closes the file, even if a model has taken ownership of it. */
    public void close() {
        entries.values().forEach(entry -> entry.bytes().close());
    }

    /** Returns whether the file holds a streaming model. */
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

    /** Builds the graphs of a streaming model. */
    public QvStream stream() {
        return SafeTensors.orClose(entries, () -> QvFile.sound(file, () -> QvStreamFile.read(metadata, entries)));
    }
}
