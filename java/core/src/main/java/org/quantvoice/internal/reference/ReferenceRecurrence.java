package org.quantvoice.internal.reference;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Recurrence;

/** Evaluates LSTM, GRU and RNN, layer by layer and direction by direction, step by step. */
public final class ReferenceRecurrence {

    private final ReferenceCall call;
    private final Recurrence layout;
    private final boolean lstm;
    private final int batch;
    private final int time;
    private final int hidden;
    private final float[] lastHidden;
    private final float[] lastCell;

    private ReferenceRecurrence(ReferenceCall call) {
        this.call = call;
        this.lstm = call.node().op() == Op.LSTM;
        this.layout = Recurrence.of(call.attributes(), lstm);
        long[] x = call.x().shape();
        this.batch = (int) x[layout.batchFirst() ? 0 : 1];
        this.time = (int) x[layout.batchFirst() ? 1 : 0];
        this.hidden = (int) call.shape()[2] / layout.directions();
        this.lastHidden = new float[layout.cells() * batch * hidden];
        this.lastCell = new float[lastHidden.length];
    }

    static List<ArrayTensor> run(ReferenceCall call) {
        return new ReferenceRecurrence(call).run();
    }

    private List<ArrayTensor> run() {
        float[] x = call.x().floatArray();
        int width = (int) call.x().shape()[2];
        for (int layer = 0; layer < layout.layers(); layer++) {
            float[] y = new float[batch * time * layout.directions() * hidden];
            for (int direction = 0; direction < layout.directions(); direction++) {
                for (int row = 0; row < batch; row++) {
                    sequence(x, width, y, layer * layout.directions() + direction, row);
                }
            }
            x = y;
            width = layout.directions() * hidden;
        }
        long[] state = {layout.cells(), batch, hidden};
        List<ArrayTensor> outputs = new ArrayList<>(List.of(call.result(x), ArrayTensor.of(lastHidden, state)));
        if (lstm) {
            outputs.add(ArrayTensor.of(lastCell, state));
        }
        return outputs;
    }

    private int index(int row, int step) {
        return layout.batchFirst() ? row * time + step : step * batch + row;
    }

    /** Evaluates one cell (a layer's direction) over one row of the batch. */
    private void sequence(float[] x, int width, float[] y, int cell, int row) {
        int direction = cell % layout.directions();
        double[] h = initial(1, cell, row);
        double[] c = initial(2, cell, row);
        for (int i = 0; i < time; i++) {
            int at = index(row, direction == 0 ? i : time - 1 - i);
            double[] input = gates(x, at * width, width, cell, 0);
            double[] recurrent = gates(toFloat(h), 0, hidden, cell, 1);
            switch (call.node().op()) {
                case LSTM -> stepLstm(input, recurrent, h, c);
                case GRU -> stepGru(input, recurrent, h);
                default -> stepPlain(input, recurrent, h);
            }
            for (int j = 0; j < hidden; j++) {
                y[(at * layout.directions() + direction) * hidden + j] = (float) h[j];
            }
        }
        for (int j = 0; j < hidden; j++) {
            lastHidden[(cell * batch + row) * hidden + j] = (float) h[j];
            lastCell[(cell * batch + row) * hidden + j] = (float) c[j];
        }
    }

    private double[] initial(int operand, int cell, int row) {
        double[] state = new double[hidden];
        if (operand <= layout.states()) {
            ArrayTensor given = call.operands().get(operand);
            long[] shape = {layout.cells(), batch, hidden};
            int[] at = ReferenceCall.broadcast(given.shape(), shape);
            for (int j = 0; j < hidden; j++) {
                state[j] = given.get(at[(cell * batch + row) * hidden + j]);
            }
        }
        return state;
    }

    private static float[] toFloat(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    /** Returns weight times input plus bias; {@code which} is 0 for the input's weight and 1 for the state's. */
    private double[] gates(float[] x, int at, int width, int cell, int which) {
        int first = 1 + layout.states() + cell * layout.weights();
        float[] weight = call.floats(first + which);
        float[] bias = layout.weights() == 4 ? call.floats(first + 2 + which) : null;
        double[] sums = new double[weight.length / width];
        for (int gate = 0; gate < sums.length; gate++) {
            double sum = bias == null ? 0 : bias[gate];
            for (int k = 0; k < width; k++) {
                sum += (double) x[at + k] * weight[gate * width + k];
            }
            sums[gate] = sum;
        }
        return sums;
    }

    private void stepLstm(double[] input, double[] recurrent, double[] h, double[] c) {
        for (int j = 0; j < hidden; j++) {
            double in = SpecialFunctions.sigmoid(input[j] + recurrent[j]);
            double forget = SpecialFunctions.sigmoid(input[hidden + j] + recurrent[hidden + j]);
            double update = Math.tanh(input[2 * hidden + j] + recurrent[2 * hidden + j]);
            double out = SpecialFunctions.sigmoid(input[3 * hidden + j] + recurrent[3 * hidden + j]);
            c[j] = forget * c[j] + in * update;
            h[j] = out * Math.tanh(c[j]);
        }
    }

    private void stepGru(double[] input, double[] recurrent, double[] h) {
        for (int j = 0; j < hidden; j++) {
            double reset = SpecialFunctions.sigmoid(input[j] + recurrent[j]);
            double keep = SpecialFunctions.sigmoid(input[hidden + j] + recurrent[hidden + j]);
            double update = Math.tanh(input[2 * hidden + j] + reset * recurrent[2 * hidden + j]);
            h[j] = (1 - keep) * update + keep * h[j];
        }
    }

    private void stepPlain(double[] input, double[] recurrent, double[] h) {
        boolean relu = call.attributes().flag("relu");
        for (int j = 0; j < hidden; j++) {
            double sum = input[j] + recurrent[j];
            h[j] = relu ? Math.max(0, sum) : Math.tanh(sum);
        }
    }
}
