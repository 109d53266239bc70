package org.quantvoice.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;

/** A file of Hadoop's file systems as a channel that can be sought in. One thread at a time uses it. */
final class HadoopChannel implements SeekableByteChannel {
    private static final int BLOCK = 1 << 16;

    private final FSDataInputStream in;
    private final long size;
    private final byte[] block = new byte[BLOCK];
    private long position;
    private boolean open = true;

    /** @param in closed with this */
    HadoopChannel(FSDataInputStream in, long size) {
        this.in = in;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer out) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        if (!out.hasRemaining()) {
            return 0;
        }
        if (position >= size) { // some file systems throw when one seeks there
            return -1;
        }
        if (in.getPos() != position) {
            in.seek(position);
        }
        int read = in.read(block, 0, Math.min(block.length, out.remaining()));
        if (read > 0) {
            out.put(block, 0, read);
            position += read;
        }
        return read;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long at) {
        if (at < 0) {
            throw new IllegalArgumentException("got position " + at + "; expected 0 or more");
        }
        position = at;
        return this;
    }

    @Override
    public long size() {
        return size;
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
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        in.close();
    }
}
