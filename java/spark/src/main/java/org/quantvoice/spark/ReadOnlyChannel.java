package org.quantvoice.spark;

import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A base of channels from which recordings are read: it has a position and refuses to write. A channel is for one
 * thread at a time.
 */
abstract class ReadOnlyChannel implements SeekableByteChannel {
    private final long size;
    private long position;

    ReadOnlyChannel(long size) {
        this.size = size;
    }

    @Override
    public final long position() {
        return position;
    }

    @Override
    public final SeekableByteChannel position(long at) {
        if (at < 0) {
            throw new IllegalArgumentException("got position " + at + "; expected 0 or more");
        }
        position = at;
        return this;
    }

    /** Moves the position behind bytes that were read. */
    final void advance(int count) {
        position += count;
    }

    @Override
    public final long size() {
        return size;
    }

    @Override
    public final int write(ByteBuffer in) {
        throw new NonWritableChannelException();
    }

    @Override
    public final SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }
}
