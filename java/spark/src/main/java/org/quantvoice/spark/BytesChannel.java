package org.quantvoice.spark;

import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A recording that is in memory, as a channel: some formats have their index at the end. */
final class BytesChannel implements SeekableByteChannel {
    private final byte[] bytes;
    private long position;

    /** @param bytes not copied */
    BytesChannel(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read(ByteBuffer out) {
        if (position >= bytes.length) {
            return out.hasRemaining() ? -1 : 0;
        }
        int count = Math.min(out.remaining(), bytes.length - (int) position);
        out.put(bytes, (int) position, count);
        position += count;
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long at) {
        position = at;
        return this;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public int write(ByteBuffer in) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
