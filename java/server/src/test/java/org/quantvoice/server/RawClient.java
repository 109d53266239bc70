package org.quantvoice.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;

/** A client that says what no library lets it say. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;

    RawClient(SpeechServer server) throws IOException {
        socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The head of an upload of so many bytes. */
    RawClient upload(long length) throws IOException {
        return send("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data;"
                + " boundary=" + Form.BOUNDARY + "\r\nContent-Length: " + length + "\r\n\r\n");
    }

    /** Opens a WebSocket that compresses. */
    RawClient webSocket(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        String head = head();
        if (!head.startsWith("HTTP/1.1 101") || !head.contains("permessage-deflate")) {
            throw new AssertionError(head);
        }
        return this;
    }

    /** One masked frame whose payload is the deflated form of so many zeros. */
    RawClient bomb(int opcode, int zeros) throws IOException {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[zeros]);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        byte[] piece = new byte[1 << 14];
        for (int n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
                n > 0;
                n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH)) {
            payload.write(piece, 0, n);
        }
        deflater.end();
        int length = payload.size() - 4; // without the mark of the flush, as RFC 7692 has it
        ByteBuffer frame = ByteBuffer.allocate(14 + length);
        frame.put((byte) (0xc0 | opcode))
                .put((byte) (0x80 | 127))
                .putLong(length)
                .putInt(0);
        frame.put(payload.toByteArray(), 0, length);
        return send(frame.array());
    }

    /** The close code of the server's next close frame; frames before it are skipped. */
    int closeCode() throws IOException {
        InputStream in = socket.getInputStream();
        while (true) {
            int first = in.read();
            int size = in.read();
            if (first < 0 || size < 0) {
                throw new AssertionError("the connection ended without a close frame");
            }
            int length = size == 126 ? in.read() << 8 | in.read() : size;
            byte[] payload = in.readNBytes(length);
            if ((first & 0xf) == 8) {
                return ByteBuffer.wrap(payload).getShort();
            }
        }
    }

    /** Up to the empty line. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new AssertionError("the connection ended after: " + head);
            }
            head.append((char) c);
        }
        return head.toString();
    }

    /** What comes behind the head until the server closes the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    int status() throws IOException {
        return Integer.parseInt(head().split(" ")[1]);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
