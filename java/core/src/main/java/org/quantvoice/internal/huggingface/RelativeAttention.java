package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/**
 * Attention of FastConformer: it has sinusoids of the distance, keys of each layer for them, and a bias of each head
 * for both products.
 */
final class RelativeAttention implements AttentionModule {
    private final Modules modules;
    private final int hidden;
    private final int heads;
    private final int size;
    private final boolean bias;
    private final Value positions;

    RelativeAttention(Modules modules, Settings settings, int hidden, Value positions) {
        this.modules = modules;
        this.hidden = hidden;
        this.heads = settings.count("num_attention_heads", 8);
        this.size = settings.count("head_dim", Math.max(1, hidden / heads));
        this.bias = settings.flag("attention_bias", true);
        this.positions = positions;
        EncoderBlock.requireOneKeyAHead(settings, heads);
    }

    @Override
    public Value write(String path, Value x) {
        Value query = project(path, "q_proj", x);
        Value key = project(path, "k_proj", x);
        Value value = project(path, "v_proj", x);
        Value keys = modules.linear(path + ".relative_k_proj", positions, hidden, heads * size, false);
        double scale = 1 / Math.sqrt(size);
        Value placed = modules.scaled(path, modules.sum(path, query, headBias(path + ".bias_v")), scale);
        Value scores = RelativePositions.scores(modules, path, placed, keys);
        Value asked = modules.sum(path, query, headBias(path + ".bias_u"));
        Value mixed = modules.attention(path, asked, key, value, scale, scores);
        return modules.linear(path + ".o_proj", modules.joined(path, mixed), heads * size, hidden, bias);
    }

    private Value project(String path, String name, Value x) {
        return modules.heads(path, modules.linear(path + "." + name, x, hidden, heads * size, bias), heads, size);
    }

    private Value headBias(String name) {
        Value values = modules.parameter(name, heads, size);
        return modules.reshape(name, values, Dim.ONE, Dim.of(heads), Dim.ONE, Dim.of(size));
    }
}
