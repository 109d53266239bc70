package org.quantvoice.spark;

import java.nio.ByteBuffer;

/** A recording in memory as a seekable channel, because some formats have their index at the end. */
final class BytesChannel extends ReadOnlyChannel {
    private final byte[] bytes;

    /** @param bytes the recording, which is not copied */
    BytesChannel(byte[] bytes) {
        super(bytes.length);
        this.bytes = bytes;
    }

    @Override
    public int read(ByteBuffer out) {
        if (position() >= bytes.length) {
            return out.hasRemaining() ? -1 : 0;
        }
        int at = (int) position();
        int count = Math.min(out.remaining(), bytes.length - at);
        out.put(bytes, at, count);
        advance(count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
