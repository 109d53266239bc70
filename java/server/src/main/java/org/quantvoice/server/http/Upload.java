package org.quantvoice.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A received form: its fields, and its file, which closing deletes. */
public final class Upload implements AutoCloseable {
    private final Map<String, List<String>> fields;
    private final @Nullable Path file;

    Upload(Map<String, List<String>> fields, @Nullable Path file) {
        this.fields = new LinkedHashMap<>(fields);
        this.file = file;
    }

    /** Returns the names of the fields, without that of the file. */
    public Set<String> names() {
        return fields.keySet();
    }

    /** Returns all values of a field, in order; none if it was not sent. */
    public List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /**
     * Returns the only value of a field.
     *
     * @throws HttpFailure if it was sent more than once
     */
    public Optional<String> one(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw HttpFailure.invalid(name, "Got " + values.size() + " values of '" + name + "'; expected one.");
        }
        return values.stream().findFirst();
    }

    /**
     * Returns the file.
     *
     * @throws HttpFailure if none was sent, or an empty one
     */
    public Path file() {
        if (file == null) {
            throw HttpFailure.invalid(
                    "file", "Got a form without a file; expected the recording as the part 'file', with a file name.");
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
