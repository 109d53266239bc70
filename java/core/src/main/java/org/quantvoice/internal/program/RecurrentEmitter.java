package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Op;

/**
 * Writes recurrences: the input half of all gates is one product for all time steps, and the recurrent half runs
 * step by step. In int8 both find the range of their input at each run, the first for each row, the second for the
 * state of each step.
 */
public final class RecurrentEmitter {
    private final Emission emission;
    private final ProductEmitter products;

    RecurrentEmitter(Emission emission, ProductEmitter products) {
        this.emission = emission;
        this.products = products;
    }

    void emit(Node node) {
        boolean lstm = node.op() == Op.LSTM;
        if (LayerPrecision.of(node).kind() == LayerPrecision.Kind.INT8_STATIC) {
            throw new ModelFormatException(
                    "a static range for the recurrence " + node.path(),
                    "ranges that are found at each run",
                    "quantize the model again");
        }
        boolean batchFirst = node.attributes().flag("batchFirst");
        boolean stated = node.attributes().flag("state");
        boolean biased = node.attributes().flag("bias");
        int layers = node.attributes().integer("layers");
        int directions = node.attributes().flag("bidirectional") ? 2 : 1;
        Strided x = emission.tensor(node.input(0));
        Strided byTime = batchFirst ? x : x.transpose(1, 0, 2);
        if (byTime.dims()[0] != 1) {
            throw Emission.unsupported(node, "a batch of " + byTime.dims()[0]);
        }
        long steps = byTime.dims()[1];
        int first = 1 + (stated ? (lstm ? 2 : 1) : 0);
        int each = biased ? 4 : 2;
        long hidden = emission.shape(node.input(first + 1))[1];
        Strided h = states(node, stated ? 1 : -1, layers * directions, hidden);
        Strided c = lstm ? states(node, stated ? 2 : -1, layers * directions, hidden) : h;
        Strided layer = byTime;
        for (int l = 0; l < layers; l++) {
            Strided next = emission.fresh(1, steps, directions * hidden);
            for (int d = 0; d < directions; d++) {
                int at = l * directions + d;
                int weight = first + at * each;
                direction(node, layer, next.slice(2, d * hidden, hidden, 1), h, c, at, weight, biased, d == 1);
            }
            layer = next;
        }
        List<Strided> results = new ArrayList<>();
        results.add(batchFirst ? layer : layer.transpose(1, 0, 2));
        results.add(h);
        if (lstm) {
            results.add(c);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            emission.set(node.outputs().get(i), results.get(i));
        }
    }

    private static StepOp.Rnn kind(Node node) {
        return switch (node.op()) {
            case LSTM -> StepOp.Rnn.LSTM;
            case GRU -> StepOp.Rnn.GRU;
            default -> node.attributes().flag("relu") ? StepOp.Rnn.PLAIN_RELU : StepOp.Rnn.PLAIN_TANH;
        };
    }

    /** Returns a state that the steps may overwrite, filled with the given state or with zeros. */
    private Strided states(Node node, int input, int count, long hidden) {
        Strided state = emission.fresh(count, 1, hidden);
        if (input < 0) {
            emission.fill(state, 0, node);
        } else {
            emission.copy(emission.tensor(node.input(input)), state, node);
        }
        return state;
    }

    @SuppressWarnings("checkstyle:ParameterNumber")
    private void direction(
            Node node,
            Strided x,
            Strided out,
            Strided h,
            Strided c,
            int at,
            int weight,
            boolean biased,
            boolean reverse) {
        Weights.Matrix input = emission.weights.recurrentInput(node, weight, biased ? weight + 2 : -1);
        Weights.Matrix recurrent = emission.weights.recurrent(node, weight + 1, biased ? weight + 3 : -1);
        Strided.Rows rows = emission.rows(x, node);
        Strided gates = emission.fresh(rows.rows(), input.n());
        Draft product = products.input(rows, LayerPrecision.of(node), node);
        ProductEmitter.finish(
                product, input, Activation.NONE, null, gates.rows().orElseThrow());
        long hidden = h.dims()[2];
        Draft draft = emission.step(StepOp.RNN, node)
                .number("kind", kind(node))
                .number("steps", rows.rows())
                .number("hidden", hidden)
                .number("reverse", reverse ? 1 : 0)
                .reads("gates", gates.buffer(), 0)
                .number("gates_ld", input.n())
                .later("recurrent", recurrent.handle());
        draft.reads.add(h.buffer());
        draft.writes("h", h.buffer(), at * hidden);
        if (node.op() == Op.LSTM) {
            draft.reads.add(c.buffer());
            draft.writes("c", c.buffer(), at * hidden);
        } else {
            draft.none("c");
        }
        draft.writes("work", Buffer.floats(input.n()), 0);
        draft.writes("out", out.buffer(), out.offset()).number("out_ld", out.strides()[1]);
        draft.operations = 2 * rows.rows() * recurrent.n() * recurrent.k();
    }
}
