package org.quantvoice.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.internal.live.StreamConstants;
import org.quantvoice.torch.graph.InputSpec;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.script.U2Script;

/**
 * The shapes of a streaming model's caches, found by running one chunk of silence.
 *
 * @param width of the encoder output
 */
record U2Shapes(StreamConstants constants, int width, InputSpec attention, InputSpec convolution) {
    private static final float TOLERANCE = 1e-4f;

    /** Runs a chunk of silence and reads the shapes. The caller holds a {@link TorchCall}. */
    static U2Shapes of(ScriptModule module) {
        U2Script script = new U2Script(module.module());
        script.requireMethods();
        try {
            return Libtorch.call(() -> of(script));
        } catch (TorchFailure e) {
            throw U2Model.failure(String.valueOf(e.getMessage()), e);
        }
    }

    private static U2Shapes of(U2Script script) {
        StreamConstants constants = script.constants();
        int frames = constants.rightContext() + 1;
        Tensor silence = U2Script.floats(new float[frames * constants.melBins()], 1, frames, constants.melBins());
        U2Script.Chunk chunk = script.encode(silence, 0, -1, U2Script.noCache(), U2Script.noCache());
        Tensor attention = chunk.attention();
        requireEmptyCaches(script, silence, chunk);
        return new U2Shapes(
                constants,
                Math.toIntExact(chunk.encoder().size(2)),
                InputSpec.tensor(
                        "att_cache",
                        DType.FLOAT,
                        Dim.of(attention.size(0)),
                        Dim.of(attention.size(1)),
                        Dim.symbol("C", 1),
                        Dim.of(attention.size(3))),
                InputSpec.tensor("cnn_cache", DType.FLOAT, dims(chunk.convolution())));
    }

    /**
     * Refuses a model whose first chunk differs from a chunk with empty caches. The imported graph is that of later
     * chunks, and runs the first chunk with empty caches.
     */
    private static void requireEmptyCaches(U2Script script, Tensor chunk, U2Script.Chunk first) {
        Tensor a = first.attention();
        Tensor keys = torch.zeros(a.size(0), a.size(1), 0, a.size(3));
        U2Script.Chunk again = script.encode(chunk, 0, -1, keys, torch.zeros_like(first.convolution()));
        float[] expected = ScriptModule.floats(first.encoder());
        float[] got = ScriptModule.floats(again.encoder());
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - got[i]) <= TOLERANCE)) {
                throw new UnsupportedOperatorException(
                        "a streaming model whose first chunk differs from one with empty caches",
                        "no cached keys and zeros before the first frame",
                        "run it with Engine.LIBTORCH");
            }
        }
    }

    private static Dim[] dims(Tensor tensor) {
        Dim[] dims = new Dim[(int) tensor.dim()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Dim.of(tensor.size(i));
        }
        return dims;
    }
}
