package org.quantvoice.internal.archive;

/** Computes how far the elements of a strided tensor reach into its storage, without overflow. */
final class Extent {
    private static final int MOST_AXES = 64;
    private static final long MOST_REPEATED = 1L << 28;

    private Extent() {}

    /**
     * Returns whether all elements lie in the storage.
     *
     * @param offset index of the first element
     * @param sizes one for each axis
     * @param strides one for each axis, in elements
     * @param elements number of elements of the storage
     */
    static boolean fits(long offset, long[] sizes, long[] strides, long elements) {
        if (offset < 0 || sizes.length != strides.length || sizes.length > MOST_AXES) {
            return false;
        }
        boolean empty = false;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 0 || strides[i] < 0) {
                return false;
            }
            empty |= sizes[i] == 0;
        }
        return empty
                ? offset <= elements
                : reaches(offset, sizes, strides) < elements && count(sizes) <= Math.max(elements, MOST_REPEATED);
    }

    /** Returns the index of the last element; {@link Long#MAX_VALUE} if it does not fit a long. */
    private static long reaches(long offset, long[] sizes, long[] strides) {
        try {
            long last = offset;
            for (int i = 0; i < sizes.length; i++) {
                last = Math.addExact(last, Math.multiplyExact(sizes[i] - 1, strides[i]));
            }
            return last;
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE; // no storage is so large, so the caller's check fails
        }
    }

    /**
     * Returns the number of elements, also for axes of stride 0, which repeat an element any number of times; the
     * number must still be one that can be stored.
     */
    private static long count(long... sizes) {
        try {
            long count = 1;
            for (long size : sizes) {
                count = Math.multiplyExact(count, size);
            }
            return count;
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
