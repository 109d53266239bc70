package org.quantvoice.internal.live;

import java.util.Arrays;

/** A queue of rows of numbers. */
final class FrameBuffer {
    private final int width;
    private float[] data = new float[0];
    private int from;
    private int to;

    FrameBuffer(int width) {
        this.width = width;
    }

    int size() {
        return (to - from) / width;
    }

    void add(float[] rows) {
        if (to + rows.length > data.length) {
            int kept = to - from;
            float[] target =
                    kept + rows.length <= data.length / 2 ? data : new float[Math.multiplyExact(2, kept + rows.length)];
            System.arraycopy(data, from, target, 0, kept);
            data = target;
            from = 0;
            to = kept;
        }
        System.arraycopy(rows, 0, data, to, rows.length);
        to += rows.length;
    }

    float[] first(int rows) {
        return Arrays.copyOfRange(data, from, from + rows * width);
    }

    void drop(int rows) {
        from += rows * width;
    }
}
