package org.quantvoice.internal.qv;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * Reads and writes {@code .qv} files of streaming models. Their metadata contain {@code stream}, an object of
 * integers, and {@code graph.NAME} for each graph, whose tensors are named {@code NAME/...}.
 */
public final class QvStreamFile {
    static final String STREAM = "stream";
    private static final String GRAPH = QvFile.GRAPH + ".";

    private QvStreamFile() {}

    /**
     * Returns whether a {@code .qv} file holds a streaming model.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is missing or damaged
     */
    public static boolean holdsStream(Path file) {
        return SafeTensors.metadata(file).containsKey(STREAM);
    }

    /**
     * Opens a file and builds its graphs.
     *
     * @throws org.quantvoice.error.ModelFormatException if the file is missing, damaged, or of another version
     */
    public static QvStream read(Path file) {
        return OpenQv.of(file).stream();
    }

    static QvStream read(Map<String, String> metadata, Map<String, SafeTensors.Entry> entries) {
        Map<String, Graph> graphs = new LinkedHashMap<>();
        metadata.keySet().stream().filter(k -> k.startsWith(GRAPH)).forEach(key -> {
            String name = key.substring(GRAPH.length());
            graphs.put(name, QvFile.graph(metadata, "." + name, under(name, entries)));
        });
        JsonNode stream = JsonReader.parse(metadata.getOrDefault(STREAM, ""));
        Map<String, Long> constants = new LinkedHashMap<>();
        stream.keys().forEach(k -> constants.put(k, stream.get(k).integer(0, Integer.MAX_VALUE)));
        return new QvStream(
                graphs, constants, Optional.ofNullable(metadata.get("tokens")), QvFile.provenance(metadata));
    }

    private static Map<String, SafeTensors.Entry> under(String name, Map<String, SafeTensors.Entry> entries) {
        String prefix = name + "/";
        Map<String, SafeTensors.Entry> own = new LinkedHashMap<>();
        entries.forEach((key, entry) -> {
            if (key.startsWith(prefix)) {
                own.put(key.substring(prefix.length()), entry);
            }
        });
        return own;
    }

    /**
     * Writes a model atomically, after reading the written file back as a check.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays unchanged
     */
    public static void write(QvStream model, Path target) {
        Map<String, String> metadata = metadata(model);
        AtomicFile.write(target, out -> SafeTensors.write(out, sources(model), metadata), written -> read(written)
                .close());
    }

    private static Map<String, String> metadata(QvStream model) {
        Map<String, String> metadata = QvFile.metadata(
                model.tokens(), model.provenance(), model.graphs().values());
        metadata.put(STREAM, JsonWriter.compact(model.constants()));
        model.graphs().forEach((name, graph) -> QvFile.putGraph(metadata, "." + name, graph));
        return metadata;
    }

    /** Bytes of the file that {@link #write} would make, to the last one. */
    public static long fileSize(QvStream model) {
        return SafeTensors.headerSize(sources(model), metadata(model)) + size(model);
    }

    /** Returns the number of bytes of a model's tensors in a file, without the header. */
    public static long size(QvStream model) {
        return QvFile.size(sources(model));
    }

    private static Map<String, SafeTensors.Source> sources(QvStream model) {
        Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
        model.graphs().forEach((name, graph) -> tensors.putAll(QvFile.sources(name + "/", graph)));
        return tensors;
    }
}
