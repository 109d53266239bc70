package org.quantvoice.bench;

import org.quantvoice.QuantSession;
import org.quantvoice.engine.Engine;
import org.quantvoice.internal.live.StreamingModel;
import org.quantvoice.internal.live.StreamingState;

/** Runs the encoder on one of QuantVoice's engines. */
final class SessionEncoder implements ChunkEncoder {
    private final org.quantvoice.engine.AcousticModel model;
    private final StreamingState state;

    /**
     * @param left left context in chunks
     */
    SessionEncoder(Engine engine, Int8Layers int8, int chunk, int left) {
        model = int8.applyTo(QuantSession.builder()
                        .model(StreamingSpeed.MODEL)
                        .engine(engine)
                        .threads(1)
                        .fallback(false))
                .acousticModel();
        state = ((StreamingModel) model).open(chunk, left);
    }

    @Override
    public void reset() {
        state.reset();
    }

    @Override
    public int encode(float[] features, int frames) {
        return state.encode(features, frames).frames();
    }

    @Override
    public void close() {
        state.close();
        model.close();
    }
}
