package org.quantvoice.plan;

import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/** Linear layers and convolutions in one dimension, all as products with packed weights. */
final class ProductEmitter {
    private final Emission emission;

    ProductEmitter(Emission emission) {
        this.emission = emission;
    }

    void linear(Node node) {
        List<Node> nodes = emission.fusion.siblings(node);
        Weights.Matrix weights = emission.weights.linear(nodes);
        Optional<Value> residual = emission.fusion.residual(node);
        Strided all = emission.tensor(node.input(0));
        Strided x = residual.isEmpty() ? all.withoutRepeats() : all;
        Strided.Rows rows = emission.rows(x, node);
        long[] dims = x.dims().clone();
        dims[dims.length - 1] = weights.n();
        Strided out = emission.fresh(dims);
        Strided.Rows added =
                residual.map(r -> emission.rows(emission.tensor(r), node)).orElse(null);
        Draft draft = input(rows, LayerPrecision.of(node), node);
        finish(
                draft,
                weights,
                emission.fusion.activation(node),
                added,
                out.rows().orElseThrow());
        long column = 0;
        for (Node each : nodes) {
            long width = emission.shape(each.output())[dims.length - 1];
            Strided result = out.slice(dims.length - 1, column, width, 1);
            emission.set(each.output(), result.expand(emission.shape(each.output())));
            column += width;
        }
        emission.fusion.residualSum(node).ifPresent(sum -> emission.set(sum, out));
    }

    /** Begins a product of rows as they are. */
    Draft input(Strided.Rows rows, LayerPrecision precision, Node node) {
        if (!precision.isInt8()) {
            Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number(rows.columns());
            draft.number(0); // n, set by finish
            Emission.readRows(draft, rows).number(0).real(1).number(0).none().none();
            return draft;
        }
        Emission.Quantized q = emission.quantize(rows, precision, node);
        Draft draft = emission.step(StepOp.GEMM, node).rows(rows.rows()).number(rows.columns());
        draft.number(0);
        Emission.readRows(draft, q.rows());
        draft.number(q.type()).real(precision.scale()).number(precision.zero());
        if (q.scales() == null) {
            return draft.none().none();
        }
        return draft.readsRow(q.scales(), 0).readsRow(q.zeros(), 0);
    }

    /** Ends what {@link #input} began. */
    static void finish(
            Draft draft, Weights.Matrix weights, Activation activation, Strided.Rows residual, Strided.Rows out) {
        draft.fields.set(2, weights.n());
        draft.later(weights.handle()).number(weights.kind());
        draft.number(activation.code()).real(activation.alpha());
        if (residual == null) {
            draft.none().number(0);
        } else {
            Emission.readRows(draft, residual);
        }
        draft.writes(out.buffer(), out.offset()).number(out.stride());
        draft.number(0).real(1).number(0);
        draft.operations = 2 * draft.rows * weights.n() * weights.k();
        draft.unpacks = weights.unpacked();
    }

    void conv1d(Node node) {
        int groups = node.attributes().integer("groups");
        int dilation = node.attributes().ints("dilation")[0];
        Strided x = emission.tensor(node.input(0));
        long[] out = emission.shape(node.output());
        if (x.dims()[0] != 1) {
            throw Emission.unsupported(node, "a batch of " + x.dims()[0]);
        }
        if (groups > 1 && groups == x.dims()[1] && groups == out[1]) {
            depthwise(node, x, out);
        } else if (dilation != 1) {
            throw Emission.unsupported(node, "dilation " + dilation);
        } else if (groups == 1) {
            plain(node, x, out);
        } else {
            grouped(node, x, out, groups);
        }
    }

    /** The input {@code [1, channels, time]} as rows {@code [time, channels]}, with padding if there is any. */
    private Strided.Rows timeRows(Node node, Strided x, int padding) {
        Strided byTime = x.transpose(0, 2, 1);
        if (padding == 0) {
            return emission.rows(byTime, node);
        }
        long time = x.dims()[2];
        long channels = x.dims()[1];
        Strided padded = emission.fresh(1, time + 2L * padding, channels);
        emission.fill(padded.slice(1, 0, padding, 1), 0, node);
        emission.fill(padded.slice(1, padding + time, padding, 1), 0, node);
        emission.copy(byTime, padded.slice(1, padding, time, 1), node);
        return padded.rows().orElseThrow();
    }

    private Strided output(Node node, long[] out) {
        Strided rows = emission.fresh(1, out[2], out[1]);
        emission.set(node.output(), rows.transpose(0, 2, 1));
        return rows;
    }

    private void plain(Node node, Strided x, long[] out) {
        int stride = node.attributes().ints("stride")[0];
        Weights.Matrix weights = emission.weights.convolution(node).get(0);
        Strided.Rows rows = timeRows(node, x, node.attributes().ints("padding")[0]);
        LayerPrecision precision = LayerPrecision.of(node);
        Strided.Rows result = output(node, out).rows().orElseThrow();
        if (out[2] == rows.rows() && weights.k() == rows.columns() && stride == 1) { // windows of one frame
            finish(input(rows, precision, node), weights, emission.fusion.activation(node), null, result);
            return;
        }
        if (precision.kind() == LayerPrecision.Kind.INT8_DYNAMIC) {
            wholeTensor(node, rows, 1, 0, stride, List.of(weights), result);
            return;
        }
        Strided.Rows source =
                precision.isInt8() ? emission.quantize(rows, precision, node).rows() : rows;
        Draft draft = emission.step(StepOp.GEMM, node).rows(out[2]).number(weights.k());
        draft.number(0).reads(source.buffer(), source.offset()).number(stride * source.stride());
        draft.number(precision.isInt8() ? 1 : 0).real(precision.scale()).number(precision.zero());
        draft.none().none();
        finish(draft, weights, emission.fusion.activation(node), null, result);
    }

    private void grouped(Node node, Strided x, long[] out, int groups) {
        int stride = node.attributes().ints("stride")[0];
        int padding = node.attributes().ints("padding")[0];
        List<Weights.Matrix> weights = emission.weights.convolution(node);
        Strided.Rows result = output(node, out).rows().orElseThrow();
        if (LayerPrecision.of(node).isInt8()) {
            wholeTensor(node, timeRows(node, x, 0), groups, padding, stride, weights, result);
            return;
        }
        long time = x.dims()[2];
        long channels = x.dims()[1] / groups;
        long padded = time + 2L * padding;
        Strided byGroup = emission.fresh(groups, padded, channels);
        if (padding > 0) {
            emission.fill(byGroup.slice(1, 0, padding, 1), 0, node);
            emission.fill(byGroup.slice(1, padding + time, padding, 1), 0, node);
        }
        Strided source = x.reshape(groups, channels, time)
                .orElseGet(() -> split(x, groups, channels))
                .transpose(0, 2, 1);
        emission.copy(source, byGroup.slice(1, padding, time, 1), node);
        for (int g = 0; g < groups; g++) {
            Draft draft = emission.step(StepOp.GEMM, node)
                    .rows(out[2])
                    .number(weights.get(g).k())
                    .number(0)
                    .reads(byGroup.buffer(), g * padded * channels)
                    .number(stride * channels);
            draft.number(0).real(1).number(0).none().none();
            finish(draft, weights.get(g), emission.fusion.activation(node), null, columns(result, g, weights.get(g)));
        }
    }

    /** {@code [1, groups * channels, time]} as {@code [groups, channels, time]}, whatever its strides. */
    private static Strided split(Strided x, long groups, long channels) {
        long[] s = x.strides();
        return new Strided(x.buffer(), x.offset(), new long[] {groups, channels, x.dims()[2]}, new long[] {
            channels * s[1], s[1], s[2]
        });
    }

    private static Strided.Rows columns(Strided.Rows rows, int group, Weights.Matrix weights) {
        return new Strided.Rows(
                rows.buffer(), rows.offset() + group * weights.n(), rows.rows(), weights.n(), rows.stride());
    }

    /** Int8 with one scale for the whole input: given, or found in a pass of its own. */
    private void wholeTensor(
            Node node,
            Strided.Rows rows,
            int groups,
            int padding,
            int stride,
            List<Weights.Matrix> weights,
            Strided.Rows result) {
        LayerPrecision precision = LayerPrecision.of(node);
        boolean fixed = precision.kind() == LayerPrecision.Kind.INT8_STATIC;
        long channels = rows.columns() / groups;
        long padded = rows.rows() + 2L * padding;
        Buffer packed = Buffer.bytes(groups * padded * channels);
        Buffer scale = Buffer.floats(1);
        Buffer zero = Buffer.floats(1);
        Draft pack = emission.step(StepOp.QUANTIZE_TENSOR, node)
                .numbers(rows.rows(), groups, channels, padding, padding)
                .reads(rows.buffer(), rows.offset())
                .number(rows.stride())
                .writes(packed, 0)
                .writes(scale, 0)
                .writes(zero, 0);
        pack.number(fixed ? 1 : 0).real(precision.scale()).number(precision.zero());
        for (int g = 0; g < groups; g++) {
            Draft draft = emission.step(StepOp.GEMM, node)
                    .rows(result.rows())
                    .number(weights.get(g).k())
                    .number(0)
                    .reads(packed, g * padded * channels)
                    .number(stride * channels);
            draft.number(1).real(precision.scale()).number(precision.zero());
            draft.reads(scale, 0).reads(zero, 0);
            finish(draft, weights.get(g), emission.fusion.activation(node), null, columns(result, g, weights.get(g)));
        }
    }

    private void depthwise(Node node, Strided x, long[] out) {
        Strided.Rows rows = timeRows(node, x, node.attributes().ints("padding")[0]);
        long taps = emission.shape(node.input(1))[2];
        Strided.Rows result = output(node, out).rows().orElseThrow();
        Draft draft = emission.step(StepOp.DEPTHWISE, node).rows(out[2]).numbers(out[1], taps);
        draft.number(node.attributes().ints("stride")[0])
                .number(node.attributes().ints("dilation")[0])
                .reads(rows.buffer(), rows.offset())
                .number(rows.stride())
                .number(emission.weights.depthwise(node))
                .number(node.inputs().size() > 2 ? emission.weights.floats(node.input(2)) : 0);
        draft.number(emission.fusion.activation(node).code())
                .writes(result.buffer(), result.offset())
                .number(result.stride());
        draft.operations = 2 * Strided.product(out) * taps;
    }

    void conv2d(Node node) {
        Strided x = emission.tensor(node.input(0));
        long[] kernel = emission.shape(node.input(1));
        long[] out = emission.shape(node.output());
        int[] padding = node.attributes().ints("padding");
        if (x.dims()[0] != 1 || node.attributes().integer("groups") != 1) {
            throw Emission.unsupported(node, "batch " + x.dims()[0] + " and groups");
        }
        Strided image = x.transpose(0, 2, 3, 1);
        if (padding[0] != 0 || padding[1] != 0) {
            image = padded(node, image, padding);
        } else if (image.strides()[3] != 1) {
            image = emission.copy(image, node);
        }
        long k = kernel[1] * kernel[2] * kernel[3];
        Strided windows = emission.fresh(out[2] * out[3], k);
        int[] stride = node.attributes().ints("stride");
        int[] dilation = node.attributes().ints("dilation");
        emission.step(StepOp.IM2COL, node)
                .numbers(out[2], out[3], kernel[2], kernel[3], kernel[1])
                .numbers(stride[0], stride[1], dilation[0], dilation[1])
                .reads(image.buffer(), image.offset())
                .numbers(image.strides()[1], image.strides()[2])
                .writes(windows.buffer(), 0)
                .number(k);
        Strided result = emission.fresh(1, out[2], out[3], out[1]);
        emission.set(node.output(), result.transpose(0, 3, 1, 2));
        Draft draft = input(windows.rows().orElseThrow(), LayerPrecision.of(node), node);
        Strided.Rows rows =
                result.reshape(out[2] * out[3], out[1]).orElseThrow().rows().orElseThrow();
        finish(draft, emission.weights.convolution(node).get(0), emission.fusion.activation(node), null, rows);
    }

    private Strided padded(Node node, Strided image, int[] padding) {
        long[] dims = image.dims().clone();
        dims[1] += 2L * padding[0];
        dims[2] += 2L * padding[1];
        Strided result = emission.fresh(dims);
        emission.fill(result, 0, node);
        Strided inside = result.slice(1, padding[0], image.dims()[1], 1).slice(2, padding[1], image.dims()[2], 1);
        emission.copy(image, inside, node);
        return result;
    }
}
