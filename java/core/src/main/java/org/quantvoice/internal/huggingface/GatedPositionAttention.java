package org.quantvoice.internal.huggingface;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * Attention of WavLM: it has a bias for the distance between two frames, in logarithmic buckets, which all layers
 * share and each layer scales by a gate for each frame and head (Chi et al., "XLM-E", 2022).
 */
final class GatedPositionAttention implements AttentionModule {
    private static final int GATES = 8;

    private final Modules modules;
    private final SelfAttention attention;
    private final int buckets;
    private final int farthest;
    private @Nullable Value bias;

    GatedPositionAttention(Modules modules, SelfAttention attention, Settings settings) {
        this.modules = modules;
        this.attention = attention;
        this.buckets = settings.integer("num_buckets", 320, 4, 1 << 16);
        this.farthest = settings.integer("max_bucket_distance", 800, buckets / 4 + 1, 1 << 20);
    }

    @Override
    public Value write(String path, Value x) {
        if (bias == null) {
            bias = bias(path + ".rel_attn_embed", x.shape().dim(1));
        }
        Value gated = modules.product(path, gate(path, x), bias);
        return attention.write(path, x, Optional.of(gated));
    }

    /** Writes the gate, {@code [batch, heads, time, 1]}, about 1 to 3. */
    private Value gate(String path, Value x) {
        int size = attention.size();
        Value heads = modules.heads(path, x, attention.heads(), size);
        Value all = modules.linear(path + ".gru_rel_pos_linear", heads, size, GATES, true);
        Dim batch = x.shape().dim(0);
        Dim time = x.shape().dim(1);
        Dim count = Dim.of(attention.heads());
        Value halves = modules.reshape(path, all, batch, count, time, Dim.of(2), Dim.of(GATES / 2));
        Value sums = modules.add(Op.SUM, path, Attributes.of("axes", new int[] {4}, "keep", false), halves);
        Value open = modules.add(Op.SIGMOID, path, Attributes.NONE, sums);
        Value a = modules.slice(path, open, 3, Dim.ZERO, Dim.ONE);
        Value b = modules.slice(path, open, 3, Dim.ONE, Dim.of(2));
        Value scale = modules.parameter(path + ".gru_rel_pos_const", 1, attention.heads(), 1, 1);
        Value inner = modules.shifted(path, modules.product(path, b, scale), -1);
        return modules.shifted(path, modules.product(path, a, inner), 2);
    }

    /** Writes the bias, {@code [heads, time, time]}, of the distance from each frame to each other one. */
    private Value bias(String path, Dim time) {
        Value positions = modules.add(
                Op.ARANGE,
                path,
                Attributes.of("start", Dim.ZERO, "end", time, "step", 1, "type", DType.INT.toString()));
        Value columns = modules.reshape(path, positions, Dim.ONE, time);
        Value rows = modules.reshape(path, positions, time, Dim.ONE);
        Value distance = modules.add(Op.SUB, path, Attributes.NONE, columns, rows);
        Value near =
                modules.add(Op.CLAMP, path, Attributes.of("min", Dim.of(-farthest), "max", Dim.of(farthest)), distance);
        Value row = modules.add(Op.ADD, path, Attributes.of("scalar", Dim.of(farthest)), near);
        Value table = modules.floats(path + ".by_distance", byDistance(path), 2L * farthest + 1, attention.heads());
        Value values = modules.add(Op.EMBEDDING, path, Attributes.NONE, table, row);
        return modules.add(Op.TRANSPOSE, path, Attributes.of("order", new int[] {2, 0, 1}), values);
    }

    /**
     * Returns the bias of each distance from {@code -farthest} to {@code farthest}; larger distances have the same
     * bias.
     */
    private float[] byDistance(String path) {
        int heads = attention.heads();
        float[] table = modules.weights().take(path + ".weight", buckets, heads).floats();
        float[] result = new float[(2 * farthest + 1) * heads];
        for (int d = -farthest; d <= farthest; d++) {
            System.arraycopy(table, bucket(d) * heads, result, (d + farthest) * heads, heads);
        }
        return result;
    }

    /** Returns the bucket of a distance, computed in floats as in the model's training. */
    int bucket(int distance) {
        int half = buckets / 2;
        int side = distance > 0 ? half : 0;
        int away = Math.abs(distance);
        int exact = half / 2;
        if (away < exact) {
            return side + away;
        }
        float steps = (float) Math.log((float) away / exact);
        steps = (float) (steps / Math.log((double) farthest / exact));
        return side + Math.min(exact + (int) (steps * (half - exact)), half - 1);
    }
}
