package org.quantvoice.internal.program;

import java.util.ArrayList;
import java.util.List;
import org.quantvoice.graph.Node;
import org.quantvoice.graph.Value;

/**
 * Writes the steps of one stream's chunk. A row of the first slot is a frame: for each layer and head its value, key
 * and position, in this order, so that query and positional query meet key and position in one product; columns of
 * attention's result beyond the value are not used. A row of the second slot holds the inputs of all layers'
 * convolutions.
 */
public final class ChunkEmitter {
    private static final int KEYS = 0;
    private static final int FRAMES = 1;

    private final Emission emission;
    private final ChunkGraph chunks;
    private final long cached;
    private final NodeEmitter nodes;
    private final List<Strided> positions = new ArrayList<>();
    private final Buffer keyState;
    private final Buffer frameState;
    private final Strided mask;

    /**
     * @param cached frames before the chunk's own that attention looks at
     * @param fresh encoder frames of the chunk
     */
    ChunkEmitter(Emission emission, ChunkGraph chunks, long cached, long fresh) {
        this.emission = emission;
        this.chunks = chunks;
        this.cached = cached;
        nodes = new NodeEmitter(emission);
        keyState = Buffer.slot(KEYS, (cached + fresh) * chunks.keyRow());
        frameState = Buffer.slot(FRAMES, (chunks.framesBefore() + fresh) * chunks.frameRow());
        mask = input(cached + fresh);
    }

    Strided input(long... dims) {
        Strided tensor = emission.fresh(dims);
        tensor.buffer().pinned = true;
        return tensor;
    }

    void emit() {
        for (Node node : chunks.graph().nodes()) {
            if (!chunks.isNeeded(node)) {
                continue;
            }
            if (chunks.keys().containsKey(node)) {
                attention(node, chunks.keys().get(node));
            } else if (chunks.frames().containsKey(node)) {
                frames(node, chunks.frames().get(node));
            } else if (chunks.isPosition(node)) {
                Strided counted = input(emission.shape(node.output()));
                positions.add(counted);
                emission.set(node.output(), counted);
            } else {
                nodes.emit(node);
            }
        }
    }

    /** Returns the mask that is added to the scores of each key, {@code [cached + fresh]}. */
    Strided mask() {
        return mask;
    }

    /** Returns the inputs that hold the positions of frames in the stream. */
    List<Strided> positions() {
        return positions;
    }

    long[] slotBytes() {
        return new long[] {keyState.byteSize(), frameState.byteSize()};
    }

    private void attention(Node node, CacheMatch.Keys match) {
        Strided key = emission.tensor(match.key());
        long heads = key.dims()[1];
        long rows = key.dims()[2];
        long width = chunks.keyWidth();
        boolean positional = chunks.keepsPositions();
        long kept = (positional ? 3 : 2) * width;
        long depth = (positional ? 2 : 1) * width;
        long row = chunks.keyRow();
        long place = match.layer() * heads * kept;
        Strided fresh = new Strided(
                keyState, cached * row + place, new long[] {1, heads, rows, kept}, new long[] {0, kept, row, 1});
        emission.copy(emission.tensor(match.value()), fresh.slice(3, 0, width, 1), node);
        emission.copy(key, fresh.slice(3, width, width, 1), node);
        Strided query = emission.fresh(1, heads, rows, depth);
        emission.copy(emission.tensor(match.query()), query.slice(3, 0, width, 1), node);
        if (match.position() != null && match.positionQuery() != null) {
            Strided position = NormEmitter.swapped(emission.tensor(match.position()), 2);
            emission.copy(position, fresh.slice(3, 2 * width, width, 1), node);
            emission.copy(emission.tensor(match.positionQuery()), query.slice(3, width, width, 1), node);
        }
        Strided out = emission.fresh(rows, heads * depth);
        Draft draft = emission.step(StepOp.ATTENTION, node);
        AttentionEmitter.sizes(draft, heads, rows, cached + rows, depth)
                .real(
                        "scale",
                        emission.fusion
                                .attention(node)
                                .map(AttentionMatch::scale)
                                .orElse(match.scale()));
        draft.reads("q", query.buffer(), 0).number("q_ld", depth).number("q_head", rows * depth);
        draft.reads("k", keyState, place + width).number("k_ld", row).number("k_head", kept);
        draft.reads("v", keyState, place).number("v_ld", row).number("v_head", kept);
        draft.reads("mask", mask.buffer(), 0).number("mask_ld", 0).number("mask_head", 0);
        draft.writes("out", out.buffer(), 0).number("out_ld", heads * depth).number("out_head", depth);
        draft.number("exact", AttentionNumbers.of(emission.fusion).code);
        Strided byHead = out.reshape(1, rows, heads, depth).orElseThrow().transpose(0, 2, 1, 3);
        emission.set(node.output(), byHead.slice(3, 0, width, 1));
    }

    private void frames(Node node, CacheMatch.Frames match) {
        Strided fresh = emission.tensor(match.fresh());
        long before = chunks.framesBefore();
        long rows = fresh.dims()[2];
        Strided all = new Strided(
                frameState,
                match.layer() * chunks.channels(),
                new long[] {1, chunks.channels(), before + rows},
                new long[] {0, 1, chunks.frameRow()});
        // copied by time, so that the innermost loop runs over neighbours
        emission.copy(fresh.transpose(0, 2, 1), all.slice(2, before, rows, 1).transpose(0, 2, 1), node);
        emission.set(node.output(), all);
    }

    Strided output(Value value) {
        return emission.tensor(value);
    }
}
