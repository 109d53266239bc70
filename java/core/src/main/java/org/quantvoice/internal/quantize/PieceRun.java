package org.quantvoice.internal.quantize;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.program.Strided;

/** Runs recordings through a float graph, as a whole or chunk by chunk, and lets its values be looked at. */
public interface PieceRun extends Quantizer.FloatRun {

    /**
     * Returns the values that a recording gives.
     *
     * @param samples of one recording at the model's rate
     * @return one map a piece, in the order in which they run; empty: the recording is too short for one
     */
    List<Map<Value, LayerInput>> pieces(float[] samples, Set<Value> taps);

    /** Elements of a value in all pieces of a recording of so many samples, at most but for a piece that is cut short. */
    long elements(Value value, int samples);

    /** The values of all pieces, piece after piece. */
    @Override
    default Map<Value, float[]> run(float[] samples, Set<Value> taps) {
        Map<Value, float[]> joined = new HashMap<>();
        taps.forEach(tap -> joined.put(tap, new float[0]));
        for (Map<Value, LayerInput> piece : pieces(samples, taps)) {
            piece.forEach((value, seen) -> joined.merge(value, seen.values(), PieceRun::joined));
        }
        return joined;
    }

    private static float[] joined(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** Values with the sizes that they have for inputs of given shapes. */
    static Map<Value, LayerInput> shaped(Map<Value, float[]> seen, Map<String, Long> sizes) {
        Map<Value, LayerInput> shaped = new HashMap<>();
        seen.forEach((value, values) ->
                shaped.put(value, new LayerInput(values, value.shape().evaluate(sizes))));
        return shaped;
    }

    /** Each recording is one piece: the input {@code [1, samples]} of a whole model. */
    static PieceRun whole(Graph graph, Quantizer.FloatRun run) {
        return new PieceRun() {

            @Override
            public List<Map<Value, LayerInput>> pieces(float[] samples, Set<Value> taps) {
                return List.of(shaped(run.run(samples, taps), sizes(samples.length)));
            }

            @Override
            public long elements(Value value, int samples) {
                return Strided.product(value.shape().evaluate(sizes(samples)));
            }

            private Map<String, Long> sizes(int samples) {
                return graph.sizes(List.of(new long[] {1, samples}), Map.of());
            }
        };
    }
}
