package org.quantvoice.internal.huggingface;

/**
 * How a model's frames lie on the audio.
 *
 * @param hop samples from one frame to the next
 * @param window samples that a frame sees
 */
public record Frames(long hop, long window) {

    static Frames of(int[] kernels, int[] strides) {
        Frames all = new Frames(1, 1);
        for (int i = 0; i < kernels.length; i++) {
            all = all.then(kernels[i], strides[i]);
        }
        return all;
    }

    /** Frames of frames. */
    Frames then(int kernel, int stride) {
        return new Frames(hop * stride, window + (kernel - 1L) * hop);
    }
}
