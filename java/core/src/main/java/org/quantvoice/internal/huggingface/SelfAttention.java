package org.quantvoice.internal.huggingface;

import java.util.Optional;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.huggingface.folder.Settings;

/** Attention of wav2vec 2.0, with projections {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code out_proj}. */
final class SelfAttention implements AttentionModule {
    private final Modules modules;
    private final int hidden;
    private final int heads;
    private final int size;

    SelfAttention(Modules modules, int hidden, int heads, Settings settings) {
        this.modules = modules;
        this.hidden = hidden;
        this.heads = heads;
        this.size = hidden / heads;
        if (size * heads != hidden) {
            throw settings.wrong(hidden + " channels in " + heads + " heads", "heads that divide the channels", null);
        }
    }

    int hidden() {
        return hidden;
    }

    int heads() {
        return heads;
    }

    /** Returns the number of channels of a head. */
    int size() {
        return size;
    }

    @Override
    public Value write(String path, Value x) {
        return write(path, x, Optional.empty());
    }

    /** Writes the attention, with numbers {@code [batch or 1, heads or 1, time, time]} that are added to its scores. */
    Value write(String path, Value x, Optional<Value> bias) {
        Value query = project(path, "q_proj", x);
        Value key = project(path, "k_proj", x);
        Value value = project(path, "v_proj", x);
        double scale = 1 / Math.sqrt(size);
        Value mixed = bias.map(b -> modules.attention(path, query, key, value, scale, b))
                .orElseGet(() -> modules.attention(path, query, key, value, scale));
        return modules.linear(path + ".out_proj", modules.joined(path, mixed), hidden, hidden, true);
    }

    private Value project(String path, String name, Value x) {
        return modules.heads(path, modules.linear(path + "." + name, x, hidden, hidden, true), heads, size);
    }
}
