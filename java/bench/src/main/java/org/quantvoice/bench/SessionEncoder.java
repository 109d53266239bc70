package org.quantvoice.bench;

import org.quantvoice.QuantSession;
import org.quantvoice.engine.Engine;
import org.quantvoice.stream.StreamingModel;
import org.quantvoice.stream.StreamingState;

/** One of QuantVoice's engines. */
final class SessionEncoder implements ChunkEncoder {
    private final org.quantvoice.engine.AcousticModel model;
    private final StreamingState state;

    /**
     * @param int8 whether all layers that can be are dynamic int8
     * @param left chunks to look back
     */
    SessionEncoder(Engine engine, boolean int8, int chunk, int left) {
        var builder = QuantSession.builder()
                .model(StreamingSpeed.MODEL)
                .engine(engine)
                .threads(1)
                .fallback(false);
        model = (int8 ? builder.dynamicInt8("encoder", "ctc", "decoder") : builder).acousticModel();
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
