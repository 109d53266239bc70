package org.quantvoice.internal.quantize;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.exec.NativeModel;
import org.quantvoice.internal.qv.QvModel;

/**
 * Opens graphs that stand for one part of a model: the part itself, one that was quantized, or a copy with more nodes. Each
 * runs on recordings as the part does.
 */
public interface PartSource {

    /** A graph that is open. For one thread. */
    interface Open extends PieceRun, AutoCloseable {
        @Override
        void close();
    }

    /** @param graph with the inputs and, first among its outputs, the outputs of the part; it is not closed with what this returns */
    Open open(Graph graph);

    /** Elements of a value of the part, as {@link PieceRun#elements} counts them. */
    long elements(Value value, int samples);

    /** A model of whole utterances, whose only input is the waveform. */
    static PartSource whole(Graph part, int threads) {
        PieceRun counted = PieceRun.whole(part, (samples, taps) -> Map.of());
        return new PartSource() {
            @Override
            public Open open(Graph graph) {
                QvModel model = new QvModel(graph, Optional.empty(), Map.of());
                NativeModel opened = new NativeModel(model, Optional.empty(), 0, threads, false);
                PieceRun run = PieceRun.whole(graph, opened::tap);
                return new Open() {
                    @Override
                    public List<Map<Value, LayerInput>> pieces(float[] samples, Set<Value> taps) {
                        return run.pieces(samples, taps);
                    }

                    @Override
                    public long elements(Value value, int samples) {
                        return run.elements(value, samples);
                    }

                    @Override
                    public void close() {
                        opened.close();
                    }
                };
            }

            @Override
            public long elements(Value value, int samples) {
                return counted.elements(value, samples);
            }
        };
    }
}
