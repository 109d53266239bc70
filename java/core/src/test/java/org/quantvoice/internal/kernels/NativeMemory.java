package org.quantvoice.internal.kernels;

/** The native allocator as tests see it. */
public final class NativeMemory {
    private NativeMemory() {}

    /** Makes the k-th native allocation from now on fail, once; 0 lets all succeed. */
    public static void failAllocation(long k) {
        Kernels.start();
        Library.qv_flat_fail_allocation(k);
    }

    /** Native blocks that are not freed. */
    public static long liveBlocks() {
        Kernels.start();
        return Library.qv_flat_live_allocations();
    }
}
