package org.quantvoice.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code multipart/form-data} body as it arrives: the part {@code file} goes to a file, so that memory does not depend
 * on its size; fields are kept, up to a limit.
 */
public final class UploadReader {
    private static final int PIECE = 1 << 16;
    private static final int MAX_PARTS = 64;
    private static final int MAX_PART_HEADERS = 8 << 10;
    private static final long SPARE_DISK = 64L << 20;

    private final UploadLimits limits;

    public UploadReader(UploadLimits limits) {
        this.limits = limits;
    }

    /**
     * Waits for the whole body.
     *
     * @return the form, to be closed by the caller
     * @throws HttpFailure if it is no form, too large, too slow, or broken off
     */
    public Upload read(Request request) throws IOException {
        String boundary = boundary(request);
        requireRoom(request.getLength());
        FormParts parts = new FormParts(limits);
        boolean done = false;
        try {
            MultiPart.Parser parser = new MultiPart.Parser(boundary, parts);
            parser.setMaxParts(MAX_PARTS);
            parser.setPartHeadersMaxLength(MAX_PART_HEADERS);
            feed(request, parser, parts);
            Upload upload = parts.finish();
            done = true;
            return upload;
        } finally {
            if (!done) {
                parts.discard();
            }
        }
    }

    private static String boundary(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.regionMatches(true, 0, "multipart/form-data", 0, "multipart/form-data".length())) {
            throw HttpFailure.refused(
                    415,
                    "unsupported_media_type",
                    "Got a body of type '" + type + "'; expected multipart/form-data with the recording as 'file'.");
        }
        String boundary = MultiPart.extractBoundary(type);
        if (boundary == null || boundary.isEmpty() || boundary.length() > 70) {
            throw HttpFailure.invalid(
                    null, "Got multipart/form-data without a boundary; expected one of 1 to 70 characters.");
        }
        return boundary;
    }

    private void requireRoom(long announced) throws IOException {
        if (announced > limits.maxBytes()) {
            throw tooLarge(announced + " bytes", limits.maxBytes());
        }
        long free = Files.getFileStore(limits.folder()).getUsableSpace();
        if (free < Math.max(0, announced) + SPARE_DISK) {
            throw noRoom(null);
        }
    }

    static HttpFailure tooLarge(String got, long limit) {
        return HttpFailure.refused(
                413,
                "body_too_large",
                "Got a body of " + got + "; expected at most " + limit
                        + " bytes; cut the recording, or send it as FLAC.");
    }

    static HttpFailure noRoom(@Nullable IOException cause) {
        return HttpFailure.server(507, "no_room", "The server's disk has no room for the recording; try later.", cause);
    }

    private void feed(Request request, MultiPart.Parser parser, FormParts parts) throws IOException {
        long begun = System.nanoTime();
        long total = 0;
        InputStream in = Content.Source.asInputStream(request);
        byte[] piece = new byte[PIECE];
        for (int n = next(in, piece); n >= 0; n = next(in, piece)) {
            total += n;
            if (total > limits.maxBytes()) {
                throw tooLarge("more than " + limits.maxBytes() + " bytes", limits.maxBytes());
            }
            requirePace(System.nanoTime() - begun, total);
            // The parser may look at a piece again when it sees the next one.
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(Arrays.copyOf(piece, n)), false));
            parts.check();
        }
        parser.parse(Content.Chunk.EOF);
        parts.check();
    }

    private void requirePace(long nanos, long bytes) {
        double late = (nanos - limits.grace().toNanos()) / 1e9;
        if (late > 0 && bytes < late * limits.minBytesPerSecond()) {
            throw HttpFailure.refused(
                    408,
                    "too_slow",
                    "Got " + bytes + " bytes in " + nanos / 1_000_000_000L + " s; expected at least "
                            + limits.minBytesPerSecond() + " bytes a second.");
        }
    }

    private static int next(InputStream in, byte[] piece) throws IOException {
        try {
            return in.read(piece);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw HttpFailure.refused(408, "too_slow", "The body stopped in the middle; send it without pauses.");
            }
            throw e instanceof EofException ? e : new EofException(e);
        }
    }
}
