package org.quantvoice.plan;

import org.quantvoice.kernels.NativeProgram;

/** This machine. */
record CpuTarget(int threads) implements Target {

    @Override
    public long attentionPackedBytes(long keys, long d) {
        return NativeProgram.attentionPackedBytes(keys, d);
    }

    @Override
    public long attentionScratchBytes(long keys, long d) {
        return NativeProgram.attentionScratchBytes(keys, d);
    }
}
