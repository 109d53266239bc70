package org.quantvoice.internal.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.LayerPrecision;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.kernels.FloatMatrix;
import org.quantvoice.internal.kernels.NativeFloats;
import org.quantvoice.internal.kernels.PackedMatrix;
import org.quantvoice.internal.kernels.QuantizedMatrix;
import org.quantvoice.internal.program.Emission;
import org.quantvoice.internal.program.Weights;
import org.quantvoice.internal.recipe.WeightLevels;
import org.quantvoice.quant.WeightFormat;
import org.quantvoice.quant.WeightScheme;

/**
 * A graph's parameters in native memory, packed for this CPU when a program first asks for them. Matrices are packed
 * on threads of their own while the program is still being planned. Thread-safe.
 */
public final class PackedWeights implements Weights, AutoCloseable {
    private static final int INT8 = 0;
    private static final int BFLOAT16 = 1;
    private static final int FLOAT = 2;

    /** Number of weight bytes that are rearranged on the heap at a time. */
    private static final int PIECE = 1 << 18;

    private final Graph graph;
    private final Map<Object, List<Matrix>> matrices = new HashMap<>();
    private final Map<Object, NativeFloats> floats = new HashMap<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final List<PackedMatrix> packedMatrices = new ArrayList<>();
    private final PackingThreads threads;
    private final KeptWeights.Part kept;
    private long bytes;

    public PackedWeights(Graph graph, int threads) {
        this(graph, threads, KeptWeights.Part.NONE);
    }

    /** @param kept kept weights, from which packed matrices are taken and to which newly packed ones are added */
    PackedWeights(Graph graph, int threads, KeptWeights.Part kept) {
        this(graph, threads, kept, true);
    }

    private PackedWeights(Graph graph, int threads, KeptWeights.Part kept, boolean ahead) {
        this.graph = graph;
        this.kept = kept;
        this.threads = new PackingThreads(threads, ahead);
    }

    /** Weights of which a matrix is packed when a program's words are made and not before, and {@link #forgetMatrices forgotten} then. */
    static PackedWeights inPieces(Graph graph, int threads) {
        return new PackedWeights(graph, threads, KeptWeights.Part.NONE, false);
    }

    /** The weights and bias of one layer: int8 with scales, or floats. */
    private record Layer(TensorData weight, float[] bias, String name) {

        QuantizedTensor quantized() {
            if (weight instanceof QuantizedTensor quantized) {
                return quantized;
            }
            throw new ModelFormatException(
                    "float weights of a layer in int8", "int8 weights with scales", "quantize the model again");
        }

        int outputs() {
            return Math.toIntExact(weight.shape()[0]);
        }

        int inputs() {
            return Math.toIntExact(weight.size() / weight.shape()[0]);
        }
    }

    private Layer layer(Node node, int weight, int bias) {
        TensorData data = graph.constant(node.input(weight))
                .orElseThrow(() -> Emission.unsupported(node, "weights that are computed"))
                .data();
        float[] values = new float[Math.toIntExact(data.shape()[0])];
        String name = nameOf(node.input(weight));
        if (bias >= 0 && bias < node.inputs().size()) {
            values = values(node.input(bias));
            name += "+" + nameOf(node.input(bias));
        }
        return new Layer(data, values, name);
    }

    /**
     * Returns a name that is the same at each start of a model; the id is part of it because tensors that were
     * computed while a graph was made may share a name.
     */
    private static String nameOf(Value constant) {
        return constant.name() + "#" + constant.id();
    }

    @Override
    public Matrix linear(List<Node> nodes) {
        return cached(
                        nodes,
                        () -> List.of(pack(
                                nodes.stream().map(n -> layer(n, 1, 2)).toList(),
                                LayerPrecision.of(nodes.get(0)).kind())))
                .get(0);
    }

    private synchronized List<Matrix> cached(Object key, Supplier<List<Matrix>> maker) {
        List<Matrix> known = matrices.get(key);
        if (known == null) {
            known = maker.get();
            matrices.put(key, known);
        }
        return known;
    }

    /** Packs layers that read one input as one matrix, side by side. */
    private Matrix pack(List<Layer> layers, LayerPrecision.Kind kind) {
        int inputs = layers.get(0).inputs();
        int outputs = layers.stream().mapToInt(Layer::outputs).sum();
        float[] bias = new float[outputs];
        int at = 0;
        for (Layer layer : layers) {
            System.arraycopy(layer.bias, 0, bias, at, layer.outputs());
            at += layer.outputs();
        }
        return switch (kind) {
            case INT8_DYNAMIC, INT8_STATIC -> packInt8(layers, outputs, inputs, bias);
            case BFLOAT16 -> packFloats(layers, outputs, inputs, bias, true);
            case FLOAT -> packFloats(layers, outputs, inputs, bias, false);
        };
    }

    private Matrix packInt8(List<Layer> layers, int outputs, int inputs, float[] bias) {
        float[] scales = new float[outputs];
        int at = 0;
        for (Layer layer : layers) {
            System.arraycopy(layer.quantized().scales(), 0, scales, at, layer.outputs());
            at += layer.outputs();
        }
        QuantizedTensor first = layers.get(0).quantized();
        WeightFormat format = first.format();
        String key = names(layers);
        return packed(
                first,
                outputs,
                inputs,
                () -> int8(key, () -> sideBySide(layers, outputs, inputs), outputs, inputs, format, scales, bias));
    }

    private static String names(List<Layer> layers) {
        return layers.stream().map(Layer::name).collect(Collectors.joining(","));
    }

    /** Returns the weights of all layers in one direct buffer. */
    private ByteBuffer sideBySide(List<Layer> layers, int outputs, int inputs) {
        ByteBuffer all = threads.staging(Math.multiplyExact(outputs, inputs));
        for (Layer layer : layers) {
            int end = all.position() + layer.outputs() * inputs;
            layer.quantized().values(0, all.limit(end));
            all.limit(outputs * inputs);
        }
        return all.flip();
    }

    private Matrix packed(int kind, int outputs, int inputs, LongSupplier packing) {
        return new Matrix(new Packing(threads, packing), kind, inputs, outputs, false);
    }

    private Matrix packed(QuantizedTensor like, int outputs, int inputs, LongSupplier packing) {
        boolean unpacked = like.format().isPacked();
        return new Matrix(new Packing(threads, packing), INT8, inputs, outputs, unpacked);
    }

    /** @param values called if the matrix is not kept */
    private long int8(
            String layer,
            Supplier<ByteBuffer> values,
            int outputs,
            int inputs,
            WeightFormat format,
            float[] scales,
            float[] bias) {
        byte[] levels = format.scheme() == WeightScheme.LINEAR
                ? null
                : WeightLevels.of(format).table();
        PackedForm form = new PackedForm(format.bits(), outputs, inputs, levels);
        PackedMatrix matrix = kept.take(
                key(format.toString(), outputs, inputs, layer),
                form,
                () -> QuantizedMatrix.pack(values.get(), outputs, inputs, format.bits(), levels, scales, bias));
        own(matrix);
        return matrix.address();
    }

    /** Returns the key by which a matrix is found again among those of its graph. */
    private static String key(String format, int outputs, int inputs, String layer) {
        return format + " [" + outputs + ", " + inputs + "] " + layer;
    }

    private synchronized void own(PackedMatrix matrix) {
        packedMatrices.add(matrix);
        bytes += matrix.bytes();
    }

    /** Frees all matrices; those that are asked for again are packed again. No program that uses them may run any more. */
    void forgetMatrices() {
        threads.forget();
        closeMatrices();
    }

    private synchronized void closeMatrices() {
        packedMatrices.forEach(matrix -> {
            bytes -= matrix.bytes();
            matrix.close();
        });
        packedMatrices.clear();
    }

    private synchronized void own(AutoCloseable memory, long size) {
        owned.add(memory);
        bytes += size;
    }

    private Matrix packFloats(List<Layer> layers, int outputs, int inputs, float[] bias, boolean bfloat16) {
        String key = names(layers);
        return packed(
                bfloat16 ? BFLOAT16 : FLOAT,
                outputs,
                inputs,
                () -> floats(key, () -> rows(layers, outputs, inputs), outputs, inputs, bias, bfloat16));
    }

    /** The floats of all layers in one direct buffer, of which a piece at a time is on the heap. */
    private FloatBuffer rows(List<Layer> layers, int outputs, int inputs) {
        FloatBuffer all = direct(Math.multiplyExact(outputs, inputs));
        float[] piece = new float[Math.min(PIECE, all.capacity())];
        for (Layer layer : layers) {
            int count = layer.outputs() * inputs;
            for (int from = 0; from < count; from += piece.length) {
                int size = Math.min(piece.length, count - from);
                layer.weight.read(from, piece, 0, size);
                all.put(piece, 0, size);
            }
        }
        return all.flip();
    }

    private FloatBuffer direct(int count) {
        return threads.staging(Math.multiplyExact(count, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** @param values called if the matrix is not kept */
    private long floats(
            String layer, Supplier<FloatBuffer> values, int outputs, int inputs, float[] bias, boolean bfloat16) {
        PackedMatrix matrix = kept.take(
                key(bfloat16 ? "bfloat16" : "float", outputs, inputs, layer),
                PackedForm.floats(outputs, inputs, bfloat16),
                () -> FloatMatrix.pack(values.get(), outputs, inputs, bias, bfloat16));
        own(matrix);
        return matrix.address();
    }

    @Override
    public List<Matrix> convolution(Node node) {
        return cached(List.of(node.output().id(), "convolution"), () -> packConvolution(node, layer(node, 1, 2)));
    }

    private List<Matrix> packConvolution(Node node, Layer layer) {
        int groups = node.attributes().integer("groups");
        long[] shape = layer.weight.shape();
        int channels = Math.toIntExact(shape[1]);
        int taps = layer.inputs() / channels;
        int outputs = layer.outputs() / groups;
        List<Matrix> packed = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            int from = g * outputs;
            float[] bias = Arrays.copyOfRange(layer.bias, from, from + outputs);
            Layer group = new Layer(layer.weight, bias, layer.name + " windows of group " + g);
            packed.add(packWindows(group, LayerPrecision.of(node), from, outputs, channels, taps));
        }
        return List.copyOf(packed);
    }

    private Matrix packWindows(Layer layer, LayerPrecision precision, int from, int outputs, int channels, int taps) {
        int inputs = channels * taps;
        if (precision.isInt8()) {
            QuantizedTensor int8 = layer.quantized();
            float[] scales = Arrays.copyOfRange(int8.scales(), from, from + outputs);
            return packed(
                    int8,
                    outputs,
                    inputs,
                    () -> int8(
                            layer.name,
                            () -> windowsInt8(int8, from, outputs, channels, taps),
                            outputs,
                            inputs,
                            int8.format(),
                            scales,
                            layer.bias));
        }
        boolean bfloat16 = precision.kind() == LayerPrecision.Kind.BFLOAT16;
        return packed(
                bfloat16 ? BFLOAT16 : FLOAT,
                outputs,
                inputs,
                () -> floats(
                        layer.name,
                        () -> windows(layer.weight, from, outputs, channels, taps),
                        outputs,
                        inputs,
                        layer.bias,
                        bfloat16));
    }

    /**
     * Returns int8 weights in the order of windows: windows are {@code [taps][channels]} in memory, weights {@code
     * [channels][taps]} in the model.
     */
    private ByteBuffer windowsInt8(QuantizedTensor weight, int from, int outputs, int channels, int taps) {
        int inputs = channels * taps;
        int rows = Math.max(1, PIECE / inputs);
        byte[] source = new byte[Math.min(rows, outputs) * inputs];
        byte[] target = new byte[source.length];
        ByteBuffer all = threads.staging(Math.multiplyExact(outputs, inputs));
        for (int o = 0; o < outputs; o += rows) {
            int size = Math.min(rows, outputs - o) * inputs;
            weight.values((long) (from + o) * inputs, ByteBuffer.wrap(source, 0, size));
            WindowOrder.byTap(source, target, size, channels, taps);
            all.put(target, 0, size);
        }
        return all.flip();
    }

    private FloatBuffer windows(TensorData weight, int from, int outputs, int channels, int taps) {
        int inputs = channels * taps;
        float[] source = new float[outputs * inputs];
        weight.read((long) from * inputs, source, 0, source.length);
        FloatBuffer target = direct(source.length);
        for (int o = 0; o < outputs; o++) {
            for (int t = 0; t < taps; t++) {
                for (int c = 0; c < channels; c++) {
                    target.put(source[o * inputs + c * taps + t]);
                }
            }
        }
        return target.flip();
    }

    @Override
    public Matrix recurrentInput(Node node, int weight, int bias) {
        return cached(
                        List.of(node, weight),
                        () -> List.of(pack(
                                List.of(layer(node, weight, bias)),
                                LayerPrecision.of(node).kind())))
                .get(0);
    }

    @Override
    public Matrix recurrent(Node node, int weight, int bias) {
        return recurrentInput(node, weight, bias);
    }

    @Override
    public synchronized long floats(Value constant) {
        return floats.computeIfAbsent(constant.id(), v -> block(values(constant)))
                .address(0);
    }

    private NativeFloats block(float[] values) {
        NativeFloats block = NativeFloats.of(values);
        own(block, (long) Float.BYTES * values.length);
        return block;
    }

    @Override
    public synchronized long depthwise(Node node) {
        return floats.computeIfAbsent(List.of(node.output().id(), "depthwise"), n -> block(byTap(node)))
                .address(0);
    }

    /** Returns the weights {@code [channels][1][taps ..]} in the executor's order, {@code [taps ..][channels]}. */
    private float[] byTap(Node node) {
        float[] weight = values(node.input(1));
        int channels = Math.toIntExact(node.input(1).shape().dim(0).constant());
        int taps = weight.length / channels;
        float[] result = new float[weight.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = weight[i % channels * taps + i / channels];
        }
        return result;
    }

    @Override
    public float[] values(Value constant) {
        TensorData data = graph.constant(constant).orElseThrow().data();
        return switch (data.type()) {
            case FLOAT -> data.floats();
            case INT -> {
                long[] longs = data.longs();
                float[] result = new float[longs.length];
                for (int i = 0; i < longs.length; i++) {
                    result[i] = longs[i];
                }
                yield result;
            }
            case BOOL -> {
                boolean[] flags = data.booleans();
                float[] result = new float[flags.length];
                for (int i = 0; i < flags.length; i++) {
                    result[i] = flags[i] ? 1 : 0;
                }
                yield result;
            }
        };
    }

    /** Waits until all matrices that programs asked for are packed. */
    void await() {
        List<Matrix> asked;
        synchronized (this) {
            asked = matrices.values().stream().flatMap(List::stream).toList();
        }
        asked.forEach(matrix -> matrix.handle().getAsLong());
    }

    /** Returns the native memory of everything packed so far, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    /** Closes the owner's references; programs that use a matrix keep it alive. */
    @Override
    public void close() {
        threads.close();
        closeOwned();
    }

    private synchronized void closeOwned() {
        closeMatrices();
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e); // closing native handles throws no checked exception
            }
        }
        owned.clear();
    }
}
