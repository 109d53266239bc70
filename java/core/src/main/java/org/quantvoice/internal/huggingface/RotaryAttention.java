package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Attention of LASR: queries and keys are rotated by their frames' positions after the projections. */
final class RotaryAttention implements AttentionModule {
    private static final String TYPE = "rope_type";

    private final Modules modules;
    private final int hidden;
    private final int heads;
    private final int size;
    private final boolean bias;
    private final RotaryPositions positions;

    RotaryAttention(Modules modules, Settings settings, int hidden, boolean bias, Dim time) {
        this.modules = modules;
        this.hidden = hidden;
        this.heads = settings.count("num_attention_heads", 8);
        this.size = settings.count("head_dim", Math.max(2, hidden / heads));
        this.bias = bias;
        EncoderBlock.requireOneKeyAHead(settings, heads);
        double base = 10_000;
        if (settings.has("rope_parameters")) {
            Settings rope = settings.part("rope_parameters");
            rope.choice(TYPE, "default", "default");
            base = rope.number("rope_theta", base);
            rope.requireKnown();
        }
        if (size % 2 != 0) {
            throw settings.wrong("heads of " + size + " channels", "an even number", null);
        }
        this.positions =
                new RotaryPositions(modules, "encoder.rotary_emb", time, size, RelativePositions.rates(size, base));
    }

    @Override
    public Value write(String path, Value x) {
        Value query = positions.turn(modules, path, project(path, "q_proj", x));
        Value key = positions.turn(modules, path, project(path, "k_proj", x));
        Value value = project(path, "v_proj", x);
        Value mixed = modules.attention(path, query, key, value, 1 / Math.sqrt(size));
        return modules.linear(path + ".o_proj", modules.joined(path, mixed), heads * size, hidden, bias);
    }

    private Value project(String path, String name, Value x) {
        return modules.heads(path, modules.linear(path + "." + name, x, hidden, heads * size, bias), heads, size);
    }
}
