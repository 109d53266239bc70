package org.quantvoice.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** Takes the parts of one form from Jetty's parser. An object is for one thread. */
final class FormParts extends MultiPart.AbstractPartsListener {
    private static final int MAX_FIELDS_BYTES = 1 << 16;

    private final UploadLimits limits;
    private final Map<String, List<String>> fields = new LinkedHashMap<>();
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private int fieldBytes;
    private @Nullable Path file;
    private @Nullable WritableByteChannel out;
    private boolean inFile;
    private boolean complete;
    private @Nullable RuntimeException failure;

    FormParts(UploadLimits limits) {
        this.limits = limits;
    }

    @Override
    public void onPartHeaders() {
        inFile = "file".equals(getName()) && getFileName() != null;
        if (!inFile) {
            return;
        }
        if (file != null) {
            fail(HttpFailure.invalid("file", "Got two files; expected one in a request."));
            return;
        }
        try {
            Path made = Files.createTempFile(limits.folder(), "quantvoice-upload-", ".audio");
            file = made;
            out = Files.newByteChannel(made, StandardOpenOption.WRITE);
        } catch (IOException e) {
            fail(UploadReader.noRoom(e));
        }
    }

    @Override
    public void onPartContent(Content.Chunk chunk) {
        if (failure != null) {
            return;
        }
        ByteBuffer bytes = chunk.getByteBuffer();
        if (inFile) {
            write(bytes);
            return;
        }
        fieldBytes += bytes.remaining();
        if (fieldBytes > MAX_FIELDS_BYTES) {
            fail(HttpFailure.invalid(
                    getName(),
                    "Got fields of more than " + MAX_FIELDS_BYTES
                            + " bytes; expected fewer, and the recording as a part" + " 'file' with a file name."));
            return;
        }
        while (bytes.hasRemaining()) {
            field.write(bytes.get());
        }
    }

    private void write(ByteBuffer bytes) {
        WritableByteChannel open = out;
        try {
            while (open != null && bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            fail(UploadReader.noRoom(e));
        }
    }

    @Override
    public void onPart(@Nullable String name, @Nullable String fileName, HttpFields headers) {
        if (inFile) {
            inFile = false;
            return;
        }
        if (name == null) {
            fail(HttpFailure.invalid(null, "Got a part without a name; expected the fields of the API."));
            return;
        }
        fields.computeIfAbsent(name, n -> new ArrayList<>()).add(field.toString(StandardCharsets.UTF_8));
        field.reset();
    }

    @Override
    public void onComplete() {
        complete = true;
    }

    @Override
    public void onFailure(Throwable broken) {
        fail(HttpFailure.invalid(
                null, "Got a multipart body that is broken (" + broken.getMessage() + "); expected a whole form."));
    }

    private void fail(RuntimeException first) {
        if (failure == null) {
            failure = first;
        }
    }

    /**
     * Throws the first failure, if there was one.
     *
     * @throws HttpFailure if a part was refused
     */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    Upload finish() throws IOException {
        closeFile();
        if (!complete) {
            throw HttpFailure.invalid(null, "Got a multipart body without its end; expected the closing boundary.");
        }
        return new Upload(fields, file);
    }

    void discard() throws IOException {
        closeFile();
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    private void closeFile() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }
}
