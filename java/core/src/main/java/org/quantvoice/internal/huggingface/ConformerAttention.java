package org.quantvoice.internal.huggingface;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * Attention of Wav2Vec2-Conformer and Wav2Vec2-BERT: without positions, with rotary ones before the projections, with
 * sinusoids of the distance, or with learnt vectors of the distance ({@code position_embeddings_type}).
 */
final class ConformerAttention implements AttentionModule {
    /** Settings of the kinds of positions that were not chosen. */
    private static final Set<String> OTHERS = Set.of(
            "left_max_position_embeddings",
            "right_max_position_embeddings",
            "rotary_embedding_base",
            "max_source_positions");

    private final Modules modules;
    private final Settings settings;
    private final int hidden;
    private final int heads;
    private final int size;
    private final String positions;
    private final String storedRates;

    private @Nullable Value sinusoids;
    private @Nullable RotaryPositions rotary;

    ConformerAttention(Modules modules, Settings settings, int hidden, String positions, int usualHeads, String root) {
        this.modules = modules;
        this.settings = settings;
        this.hidden = hidden;
        this.heads = settings.count("num_attention_heads", usualHeads);
        this.size = hidden / heads;
        this.positions = positions;
        this.storedRates = root + ".encoder.embed_positions.inv_freq";
        settings.ignore(OTHERS);
        if (size * heads != hidden || size % 2 != 0) {
            throw settings.wrong(
                    hidden + " channels in " + heads + " heads", "heads of an even number of channels each", null);
        }
    }

    @Override
    public Value write(String path, Value x) {
        Value turned = positions.equals("rotary") ? turned(path, x) : x;
        Value query = project(path, "linear_q", turned);
        Value key = project(path, "linear_k", turned);
        Value value = project(path, "linear_v", x);
        double scale = 1 / Math.sqrt(size);
        Optional<Value> bias = bias(path, query, scale);
        Value asked = positions.equals("relative") ? modules.sum(path, query, headBias(path + ".pos_bias_u")) : query;
        Value mixed = bias.map(b -> modules.attention(path, asked, key, value, scale, b))
                .orElseGet(() -> modules.attention(path, asked, key, value, scale));
        return modules.linear(path + ".linear_out", modules.joined(path, mixed), hidden, hidden, true);
    }

    private Value project(String path, String name, Value x) {
        return modules.heads(path, modules.linear(path + "." + name, x, hidden, hidden, true), heads, size);
    }

    private Value turned(String path, Value x) {
        if (rotary == null) {
            rotary = new RotaryPositions(modules, path + ".rotary", x.shape().dim(1), size, rates());
        }
        return modules.joined(path, rotary.turn(modules, path, modules.heads(path, x, heads, size)));
    }

    /**
     * Returns the rates that the folder holds, because transformers stores them with the parameters; if it holds
     * none, those of the settings.
     */
    private float[] rates() {
        double base = settings.count("rotary_embedding_base", 10_000);
        return modules.weights().has(storedRates)
                ? modules.weights().take(storedRates, size / 2).floats()
                : RelativePositions.rates(size, base);
    }

    private Value headBias(String name) {
        Value bias = modules.parameter(name, heads, size);
        return modules.reshape(name, bias, Dim.ONE, Dim.of(heads), Dim.ONE, Dim.of(size));
    }

    /**
     * Returns the value that positions add to the scores; the scale is that of queries, of which there are fewer
     * numbers than of scores.
     */
    private Optional<Value> bias(String path, Value query, double scale) {
        return switch (positions) {
            case "relative" -> Optional.of(relative(path, query, scale));
            case "relative_key" -> Optional.of(learnt(path, modules.scaled(path, query, scale)));
            default -> Optional.empty();
        };
    }

    private Value relative(String path, Value query, double scale) {
        if (sinusoids == null) {
            sinusoids = RelativePositions.sinusoids(
                    modules, path + ".positions", query.shape().dim(2), hidden);
        }
        Value keys = modules.linear(path + ".linear_pos", sinusoids, hidden, hidden, false);
        Value placed = modules.scaled(path, modules.sum(path, query, headBias(path + ".pos_bias_v")), scale);
        return RelativePositions.scores(modules, path, placed, keys);
    }

    /**
     * Writes the product of each query with the vector of its distance to a key; beyond some distance the vector does
     * not change.
     */
    private Value learnt(String path, Value query) {
        int left = settings.integer("left_max_position_embeddings", 64, 0, Settings.MOST);
        int right = settings.integer("right_max_position_embeddings", 8, 0, Settings.MOST);
        Value vectors = modules.parameter(path + ".distance_embedding.weight", left + right + 1L, size);
        Value turned = modules.transpose(path, vectors, 1, 0);
        Value products = modules.add(Op.MATMUL, path, Attributes.NONE, query, turned);
        Value columns = columns(path, query.shape().dim(2), left, right);
        Value all = modules.add(Op.INDEX_SELECT, path, Attributes.of("axis", 3), products, columns);
        return RelativePositions.shifted(modules, path, all);
    }

    /**
     * Writes the vector of each distance from {@code 1 - time} to {@code time - 1}; the outermost vectors stand for
     * all larger distances.
     */
    private Value columns(String path, Dim time, int left, int right) {
        Attributes range =
                Attributes.of("start", time.times(-1).plus(1), "end", time, "step", 1, "type", DType.INT.toString());
        Value distance = modules.add(Op.ARANGE, path, range);
        Attributes bounds = Attributes.of("min", Dim.of(-left), "max", Dim.of(right));
        Value near = modules.add(Op.CLAMP, path, bounds, distance);
        return modules.add(Op.ADD, path, Attributes.of("scalar", Dim.of(left)), near);
    }
}
