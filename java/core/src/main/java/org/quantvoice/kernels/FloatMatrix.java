package org.quantvoice.kernels;
public final class FloatMatrix implements AutoCloseable {
    public static FloatMatrix pack(float[] w, int o, int i, float[] b) { throw new IllegalStateException("none"); }
    public long address() { return 0; }
    public void close() {}
}
