package org.quantvoice.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.apache.hadoop.fs.FSDataInputStream;

/** A file of Hadoop's file systems as a seekable channel. */
final class HadoopChannel extends ReadOnlyChannel {
    private static final int BLOCK = 1 << 16;

    private final FSDataInputStream in;
    private final byte[] block = new byte[BLOCK];
    private boolean open = true;

    /** @param in is closed with this channel */
    HadoopChannel(FSDataInputStream in, long size) {
        super(size);
        this.in = in;
    }

    @Override
    public int read(ByteBuffer out) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        if (!out.hasRemaining()) {
            return 0;
        }
        if (position() >= size()) { // some file systems throw at a seek to the end
            return -1;
        }
        if (in.getPos() != position()) {
            in.seek(position());
        }
        int read = in.read(block, 0, Math.min(block.length, out.remaining()));
        if (read > 0) {
            out.put(block, 0, read);
            advance(read);
        }
        return read;
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
