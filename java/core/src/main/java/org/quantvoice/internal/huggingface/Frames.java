package org.quantvoice.internal.huggingface;

/**
 * The position of a model's frames on the audio.
 *
 * @param hop number of samples from one frame to the next
 * @param window number of samples that a frame depends on
 */
public record Frames(long hop, long window) {

    static Frames of(int[] kernels, int[] strides) {
        Frames all = new Frames(1, 1);
        for (int i = 0; i < kernels.length; i++) {
            all = all.then(kernels[i], strides[i]);
        }
        return all;
    }

    /** Returns the frames of a convolution over these frames. */
    Frames then(int kernel, int stride) {
        return new Frames(hop * stride, window + (kernel - 1L) * hop);
    }
}
