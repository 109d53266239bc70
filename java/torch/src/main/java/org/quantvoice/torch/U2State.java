package org.quantvoice.torch;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.live.EncodedFrames;
import org.quantvoice.internal.live.StreamingState;
import org.quantvoice.torch.script.U2Script;

/** The caches of one stream, held as tensors of libtorch. */
final class U2State implements StreamingState {
    private final U2Model model;
    private final long cacheSize;
    private @Nullable Tensor attention;
    private @Nullable Tensor convolution;
    private long offset;
    private boolean closed;

    /** @param cacheSize encoder frames that the next chunk may look back; negative: all */
    U2State(U2Model model, long cacheSize) {
        this.model = model;
        this.cacheSize = cacheSize;
    }

    @Override
    public EncodedFrames encode(float[] features, int frames) {
        if (closed) {
            throw new IllegalStateException("got a closed stream's caches; expected open ones");
        }
        return model.run((script, call) -> {
            Tensor input = U2Script.floats(features, 1, frames, features.length / frames);
            U2Script.Chunk chunk = script.encode(
                    input,
                    offset,
                    cacheSize,
                    attention == null ? U2Script.noCache() : attention,
                    convolution == null ? U2Script.noCache() : convolution);
            EncodedFrames encoded = U2Model.encoded(script, chunk.encoder());
            release();
            attention = call.keep(chunk.attention());
            convolution = call.keep(chunk.convolution());
            offset += encoded.frames();
            return encoded;
        });
    }

    @Override
    public void reset() {
        release();
        offset = 0;
    }

    private void release() {
        if (attention != null) {
            attention.releaseReference();
            attention = null;
        }
        if (convolution != null) {
            convolution.releaseReference();
            convolution = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        release();
    }
}
