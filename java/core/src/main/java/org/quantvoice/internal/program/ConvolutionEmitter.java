package org.quantvoice.internal.program;

import java.util.List;
import java.util.Optional;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;

/** Writes convolutions over one and two axes: products of windows with packed weights, one matrix for each group. */
final class ConvolutionEmitter {
    /**
     * Windows that repeat every value more often than this share ranges; finding a range for each would cost more
     * than the product.
     */
    private static final long MOST_REPEATS = 8;

    /**
     * Number of neighbouring windows that share a range. The number is small enough that loud speech does not set the
     * levels of silence seconds away.
     */
    static final long SHARING = 128;

    /** Bytes of an image that is read while it is in cache, those of two threads in the second level. */
    private static final long BAND_BYTES = 1 << 20;

    /** The most bands of an image, so that the program of a long recording stays small. */
    private static final long MOST_BANDS = 256;

    private final Emission emission;
    private final ProductEmitter products;
    private final ElementwiseEmitter elementwise;

    ConvolutionEmitter(Emission emission, ProductEmitter products, ElementwiseEmitter elementwise) {
        this.emission = emission;
        this.products = products;
        this.elementwise = elementwise;
    }

    void conv1d(Node node) {
        Strided x = emission.tensor(node.input(0));
        long[] out = emission.shape(node.output());
        Strided rows = emission.fresh(out[0], out[2], out[1]);
        emission.set(node.output(), rows.transpose(0, 2, 1));
        Optional<Fusion.Residual> residual = emission.fusion.residual(node);
        for (long n = 0; n < out[0]; n++) {
            Strided frames = x.slice(0, n, 1, 1);
            Strided result = rows.slice(0, n, 1, 1);
            if (residual.isPresent()) {
                Strided added = emission.tensor(residual.get().added()).slice(0, n, 1, 1);
                pointwise(
                        node,
                        frames,
                        new ProductEmitter.Addend(
                                emission.rows(added, node), residual.get().factor()),
                        result);
            } else {
                conv1d(node, frames, out, result);
            }
        }
        residual.ifPresent(r -> emission.set(r.sum(), rows));
    }

    /** Writes a convolution of one frame with the sum behind it. */
    private void pointwise(Node node, Strided x, ProductEmitter.Addend addend, Strided result) {
        Weights.Matrix weights = emission.weights.convolution(node).get(0);
        Draft draft = products.input(timeRows(node, x, 0), LayerPrecision.of(node), node);
        Activation activation = emission.fusion.activation(node);
        ProductEmitter.finish(draft, weights, activation, addend, result.rows().orElseThrow());
    }

    private void conv1d(Node node, Strided x, long[] out, Strided result) {
        int groups = node.attributes().integer("groups");
        Strided.Rows rows = result.rows().orElseThrow();
        if (isDepthwise(node, out)) {
            depthwise(node, x, out, rows);
        } else if (node.attributes().ints("dilation")[0] != 1) {
            dilated(node, x, out, rows);
        } else if (groups == 1) {
            plain(node, x, out, rows);
        } else {
            grouped(node, x, out, groups, rows);
        }
    }

    /** Returns whether each channel is convolved by itself. */
    private boolean isDepthwise(Node node, long[] out) {
        int groups = node.attributes().integer("groups");
        return groups > 1 && groups == emission.shape(node.input(0))[1] && groups == out[1];
    }

    /**
     * Returns the input {@code [1, channels, time]} as rows {@code [time, channels]}, padded if the convolution pads.
     */
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

    private void plain(Node node, Strided x, long[] out, Strided.Rows result) {
        int stride = node.attributes().ints("stride")[0];
        Weights.Matrix weights = emission.weights.convolution(node).get(0);
        Strided.Rows rows = timeRows(node, x, node.attributes().ints("padding")[0]);
        LayerPrecision precision = LayerPrecision.of(node);
        Activation activation = emission.fusion.activation(node);
        // windows of one frame are the rows themselves
        if (out[2] == rows.rows() && weights.k() == rows.columns() && stride == 1) {
            ProductEmitter.finish(products.input(rows, precision, node), weights, activation, null, result);
            return;
        }
        boolean dynamic = precision.kind() == LayerPrecision.Kind.INT8_DYNAMIC;
        if (dynamic && weights.k() > MOST_REPEATS * stride * rows.columns()) {
            sharedRange(node, rows, 1, 0, stride, List.of(weights), result);
            return;
        }
        if (dynamic || !precision.isInt8()) {
            Strided.Rows windows =
                    new Strided.Rows(rows.buffer(), rows.offset(), out[2], weights.k(), stride * rows.stride());
            ProductEmitter.finish(products.input(windows, precision, node), weights, activation, null, result);
            return;
        }
        Strided.Rows source = emission.quantize(rows, precision, node).rows();
        Draft draft = emission.step(StepOp.GEMM, node).rows(out[2]).number("k", weights.k());
        draft.reads("a", source.buffer(), source.offset()).number("a_ld", stride * source.stride());
        bytes(draft, precision).none("a_scales", "a_zeros");
        ProductEmitter.finish(draft, weights, activation, null, result);
    }

    private void grouped(Node node, Strided x, long[] out, int groups, Strided.Rows result) {
        int stride = node.attributes().ints("stride")[0];
        int padding = node.attributes().ints("padding")[0];
        List<Weights.Matrix> weights = emission.weights.convolution(node);
        if (LayerPrecision.of(node).isInt8()) {
            sharedRange(node, timeRows(node, x, 0), groups, padding, stride, weights, result);
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
                    .number("k", weights.get(g).k())
                    .reads("a", byGroup.buffer(), g * padded * channels)
                    .number("a_ld", stride * channels);
            draft.floats("a").none("a_scales", "a_zeros");
            finish(node, draft, weights, g, result);
        }
    }

    /** Sets the fields that describe a product's input as bytes with one scale. */
    private static Draft bytes(Draft draft, LayerPrecision precision) {
        return draft.number("a_type", StepOp.Type.U8)
                .real("a_scale", precision.scale())
                .number("a_zero", precision.zero());
    }

    private void finish(Node node, Draft draft, List<Weights.Matrix> weights, int group, Strided.Rows result) {
        Weights.Matrix matrix = weights.get(group);
        Strided.Rows columns = new Strided.Rows(
                result.buffer(), result.offset() + group * matrix.n(), result.rows(), matrix.n(), result.stride());
        ProductEmitter.finish(draft, matrix, emission.fusion.activation(node), null, columns);
    }

    /** Returns {@code [1, groups * channels, time]} as {@code [groups, channels, time]}, whatever its strides. */
    private static Strided split(Strided x, long groups, long channels) {
        long[] s = x.strides();
        return new Strided(x.buffer(), x.offset(), new long[] {groups, channels, x.dims()[2]}, new long[] {
            channels * s[1], s[1], s[2]
        });
    }

    /**
     * Multiplies int8 with one scale for many windows: the given one, or one that a pass over these windows' values
     * finds.
     */
    private void sharedRange(
            Node node,
            Strided.Rows rows,
            int groups,
            int padding,
            int stride,
            List<Weights.Matrix> weights,
            Strided.Rows result) {
        long kernel = weights.get(0).k() / (rows.columns() / groups);
        boolean found = LayerPrecision.of(node).kind() == LayerPrecision.Kind.INT8_DYNAMIC;
        // windows that hold only padding have no range
        long step = found && padding < kernel ? SHARING : result.rows();
        for (long from = 0; from < result.rows(); from += step) {
            long count = Math.min(step, result.rows() - from);
            long begin = from * stride - padding;
            long end = begin + (count - 1) * stride + kernel;
            long first = Math.max(0, begin);
            long last = Math.min(rows.rows(), end);
            Strided.Rows part = rows.part(first, last - first);
            sharedRange(node, part, groups, first - begin, end - last, stride, weights, result.part(from, count));
        }
    }

    /**
     * @param before rows of padding before the input's rows
     * @param after rows of padding behind them
     */
    private void sharedRange(
            Node node,
            Strided.Rows rows,
            int groups,
            long before,
            long after,
            int stride,
            List<Weights.Matrix> weights,
            Strided.Rows result) {
        LayerPrecision precision = LayerPrecision.of(node);
        boolean fixed = precision.kind() == LayerPrecision.Kind.INT8_STATIC;
        long channels = rows.columns() / groups;
        long padded = before + rows.rows() + after;
        Buffer packed = Buffer.bytes(groups * padded * channels);
        Buffer scale = Buffer.floats(1);
        Buffer zero = Buffer.floats(1);
        Draft pack = emission.step(StepOp.QUANTIZE_TENSOR, node)
                .number("rows", rows.rows())
                .number("groups", groups)
                .number("channels", channels)
                .number("pad_left", before)
                .number("pad_right", after)
                .reads("in", rows.buffer(), rows.offset())
                .number("in_ld", rows.stride())
                .writes("out", packed, 0)
                .writes("out_scale", scale, 0)
                .writes("out_zero", zero, 0);
        pack.number("fixed", fixed ? 1 : 0).real("scale", precision.scale()).number("zero", precision.zero());
        for (int g = 0; g < groups; g++) {
            Draft draft = emission.step(StepOp.GEMM, node)
                    .rows(result.rows())
                    .number("k", weights.get(g).k())
                    .reads("a", packed, g * padded * channels)
                    .number("a_ld", stride * channels);
            bytes(draft, precision).reads("a_scales", scale, 0).reads("a_zeros", zero, 0);
            finish(node, draft, weights, g, result);
        }
    }

    private void depthwise(Node node, Strided x, long[] out, Strided.Rows result) {
        Strided.Rows rows = emission.rows(x.transpose(0, 2, 1), node);
        Draft draft = emission.step(StepOp.DEPTHWISE, node).rows(out[2]);
        draft.number("width", 1).number("taps_w", 1).number("stride_w", 1).number("dilation_w", 1);
        draft.number("pad_w", 0).number("in_width", 1).number("in_col", rows.columns());
        draft.number("in_rows", rows.rows()).reads("in", rows.buffer(), rows.offset());
        draft.number("in_ld", rows.stride());
        draft.number("pad", node.attributes().ints("padding")[0]);
        depthwise(node, draft, out[1]).writesRows("out", result);
        draft.operations = 2 * out[1] * out[2] * draft.number("taps");
    }

    /** Sets the fields that convolutions over one axis and over two have in common. */
    private Draft depthwise(Node node, Draft draft, long channels) {
        return draft.number("channels", channels)
                .number("taps", emission.shape(node.input(1))[2])
                .number("stride", node.attributes().ints("stride")[0])
                .number("dilation", node.attributes().ints("dilation")[0])
                .number("weights", emission.weights.depthwise(node))
                .number("bias", node.inputs().size() > 2 ? emission.weights.floats(node.input(2)) : 0)
                .number("act", emission.fusion.activation(node).code());
    }

    /** Convolves with taps that are not neighbours, as if the input were an image of one row. */
    private void dilated(Node node, Strided x, long[] out, Strided.Rows result) {
        long[] kernel = emission.shape(node.input(1));
        Strided image = timeRows(node, x, node.attributes().ints("padding")[0], 1);
        int[] stride = {1, node.attributes().ints("stride")[0]};
        int[] dilation = {1, node.attributes().ints("dilation")[0]};
        windows(
                node,
                image,
                new long[] {out[0], out[1], 1, out[2]},
                new long[] {kernel[0], kernel[1], 1, kernel[2]},
                stride,
                dilation,
                result);
    }

    private Strided timeRows(Node node, Strided x, int padding, int height) {
        Strided.Rows rows = timeRows(node, x, padding);
        return new Strided(
                rows.buffer(), rows.offset(), new long[] {1, height, rows.rows(), rows.columns()}, new long[] {
                    rows.rows() * rows.stride(), rows.rows() * rows.stride(), rows.stride(), 1
                });
    }

    void conv2d(Node node) {
        Optional<Node> source = emission.fusion.bandSource(node);
        Strided x = emission.tensor(source.orElse(node).input(0));
        long[] out = emission.shape(node.output());
        Strided result = emission.fresh(out[0], out[2], out[3], out[1]);
        emission.set(node.output(), result.transpose(0, 3, 1, 2));
        for (long n = 0; n < out[0]; n++) {
            Strided one = x.slice(0, n, 1, 1);
            Strided part = result.slice(0, n, 1, 1);
            if (source.isPresent()) {
                bands(source.get(), image(source.get(), one), node, part);
            } else if (isDepthwise(node, out)) {
                Strided image = contiguous(node, one.transpose(0, 2, 3, 1));
                depthwise2d(node, image, node.attributes().ints("padding")[0], part);
            } else {
                Strided image = image(node, one);
                Strided flat = part.reshape(out[2] * out[3], out[1]).orElseThrow();
                windows(
                        node,
                        image,
                        out,
                        emission.shape(node.input(1)),
                        node.attributes().ints("stride"),
                        node.attributes().ints("dilation"),
                        flat.rows().orElseThrow());
            }
        }
    }

    /**
     * Writes a convolution and the depthwise one that reads it, some rows of the image after the other, so that what the first
     * one makes is read while it is in cache. Rows that two bands need are made twice.
     */
    private void bands(Node source, Strided image, Node node, Strided result) {
        long[] size = emission.shape(source.output());
        long[] kernel = emission.shape(source.input(1));
        Strided.Rows windows = windowRows(
                source,
                image,
                size,
                kernel,
                source.attributes().ints("stride"),
                source.attributes().ints("dilation"),
                0);
        List<Weights.Matrix> weights = emission.weights.convolution(source);
        long stride = node.attributes().ints("stride")[0];
        long padding = node.attributes().ints("padding")[0];
        long reach = node.attributes().ints("dilation")[0] * (emission.shape(node.input(1))[2] - 1);
        long height = result.dims()[1];
        long band = bandRows(height, stride * size[3] * size[1] * Float.BYTES);
        for (long from = 0; from < height; from += band) {
            long count = Math.min(band, height - from);
            long first = Math.max(0, from * stride - padding);
            long end = Math.min(size[2], (from + count - 1) * stride - padding + reach + 1);
            Strided made = emission.fresh(1, end - first, size[3], size[1]);
            Strided.Rows part = windows.part(first * size[3], (end - first) * size[3]);
            Strided flat = made.reshape((end - first) * size[3], size[1]).orElseThrow();
            Draft draft = products.input(part, LayerPrecision.of(source), source);
            finish(source, draft, weights, 0, flat.rows().orElseThrow());
            depthwise2d(node, made, Math.toIntExact(padding + first - from * stride), result.slice(1, from, count, 1));
        }
    }

    private static long bandRows(long height, long bytesPerRow) {
        long fewest = (height + MOST_BANDS - 1) / MOST_BANDS;
        return Math.max(Math.max(1, fewest), BAND_BYTES / bytesPerRow);
    }

    /**
     * Returns the input as {@code [1, height, width, channels]}, padded, with the channels of a point side by side.
     */
    private Strided image(Node node, Strided x) {
        int[] padding = node.attributes().ints("padding");
        Strided image = x.transpose(0, 2, 3, 1);
        if (padding[0] != 0 || padding[1] != 0) {
            return padded(node, image, padding);
        }
        return contiguous(node, image);
    }

    /** The image with its channels one behind the other. */
    private Strided contiguous(Node node, Strided image) {
        return image.strides()[3] == 1 ? image : emission.copy(image, node);
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

    /** Copies the windows of each group and multiplies them with its weights. */
    private void windows(
            Node node, Strided image, long[] out, long[] kernel, int[] stride, int[] dilation, Strided.Rows result) {
        List<Weights.Matrix> weights = emission.weights.convolution(node);
        for (int g = 0; g < weights.size(); g++) {
            Strided.Rows windows = windowRows(node, image, out, kernel, stride, dilation, g);
            finish(node, products.input(windows, LayerPrecision.of(node), node), weights, g, result);
        }
    }

    /** Returns the windows of a group as rows: the pixels themselves if each is a window, else copies. */
    private Strided.Rows windowRows(
            Node node, Strided image, long[] out, long[] kernel, int[] stride, int[] dilation, int group) {
        long k = kernel[1] * kernel[2] * kernel[3];
        Optional<Strided.Rows> pixels =
                image.reshape(out[2] * out[3], image.dims()[3]).flatMap(Strided::rows);
        if (k == image.dims()[3] && out[2] * out[3] * k == image.size() && pixels.isPresent()) {
            return pixels.get();
        }
        Strided windows = emission.fresh(out[2] * out[3], k);
        emission.step(StepOp.IM2COL, node)
                .number("out_h", out[2])
                .number("out_w", out[3])
                .number("kernel_h", kernel[2])
                .number("kernel_w", kernel[3])
                .number("channels", kernel[1])
                .number("stride_h", stride[0])
                .number("stride_w", stride[1])
                .number("dilation_h", dilation[0])
                .number("dilation_w", dilation[1])
                .reads("in", image.buffer(), image.offset() + group * kernel[1])
                .number("in_row", image.strides()[1])
                .number("in_col", image.strides()[2])
                .writes("out", windows.buffer(), 0)
                .number("out_ld", k);
        return windows.rows().orElseThrow();
    }

    /**
     * Each pixel is the sum of its taps; what lies outside of the image is not read.
     *
     * @param padding rows of zeros before the image
     */
    private void depthwise2d(Node node, Strided image, int padding, Strided result) {
        int paddedColumns = node.attributes().ints("padding")[1];
        int[] stride = node.attributes().ints("stride");
        int[] dilation = node.attributes().ints("dilation");
        long height = result.dims()[1];
        long width = result.dims()[2];
        long channels = result.dims()[3];
        Draft draft = emission.step(StepOp.DEPTHWISE, node).rows(height);
        draft.number("width", width).number("taps_w", emission.shape(node.input(1))[3]);
        draft.number("stride_w", stride[1]).number("dilation_w", dilation[1]).number("pad_w", paddedColumns);
        draft.number("in_rows", image.dims()[1]).number("in_width", image.dims()[2]);
        draft.reads("in", image.buffer(), image.offset());
        draft.number("in_ld", image.strides()[1]).number("in_col", image.strides()[2]);
        Strided flat = result.reshape(height, width * channels).orElseThrow();
        depthwise(node, draft, channels)
                .number("pad", padding)
                .writesRows("out", flat.rows().orElseThrow());
        draft.operations = 2 * height * width * channels * draft.number("taps") * draft.number("taps_w");
    }
}
