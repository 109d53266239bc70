package org.quantvoice.bench.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sends one upload, whole or broken off, over a connection of its own. */
final class RawUpload {
    private static final String BOUNDARY = "loadBoundary";
    private static final int WAV_HEADER = 44;
    private static final int BYTES_PER_SECOND = 32_000;
    private static final int PATIENCE_MILLIS = 600_000;

    private final URI url;
    private final byte[] head;
    private final byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);

    RawUpload(URI url, String model) {
        this.url = url;
        head = ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model + "\r\n--"
                        + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static double seconds(byte[] wav) {
        return (double) (wav.length - WAV_HEADER) / BYTES_PER_SECOND;
    }

    /** Sends a file and returns the status of the answer. */
    int send(byte[] file) throws IOException {
        try (Socket socket = open(file.length)) {
            OutputStream out = socket.getOutputStream();
            out.write(file);
            out.write(tail);
            return status(socket);
        }
    }

    /** Sends half of a file and closes the connection; returns 0. */
    int breakOff(byte[] file) throws IOException {
        try (Socket socket = open(file.length)) {
            socket.getOutputStream().write(file, 0, file.length / 2);
            socket.getOutputStream().flush();
        }
        return 0;
    }

    /** Sends a recording of silence with that many bytes, which is made while it is sent. */
    int silence(long bytes) throws IOException {
        try (Socket socket = open(bytes)) {
            OutputStream out = socket.getOutputStream();
            ByteBuffer header = ByteBuffer.allocate(WAV_HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt((int) (bytes - 8));
            header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                    .putInt(16)
                    .putShort((short) 1);
            header.putShort((short) 1)
                    .putInt(16_000)
                    .putInt(BYTES_PER_SECOND)
                    .putShort((short) 2)
                    .putShort((short) 16);
            header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt((int) (bytes - WAV_HEADER));
            out.write(header.array());
            byte[] zeros = new byte[1 << 16];
            for (long left = bytes - WAV_HEADER; left > 0; left -= zeros.length) {
                out.write(zeros, 0, (int) Math.min(left, zeros.length));
            }
            out.write(tail);
            return status(socket);
        }
    }

    private Socket open(long length) throws IOException {
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        String request = "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\nContent-Length: "
                + (head.length + length + tail.length) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(head);
        return socket;
    }

    private static int status(Socket socket) throws IOException {
        socket.getOutputStream().flush();
        InputStream in = socket.getInputStream();
        String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return Integer.parseInt(answer.substring(9, 12));
    }
}
