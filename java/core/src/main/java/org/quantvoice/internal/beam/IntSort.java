package org.quantvoice.internal.beam;

/** Merge sort of indices by a comparison, without boxing. */
public final class IntSort {

    /** Compares two indices. */
    public interface Order {
        int compare(int a, int b);
    }

    private IntSort() {}

    public static void sort(int[] values, int count, Order order) {
        int[] from = values;
        int[] to = new int[count];
        for (int run = 1; run < count; run *= 2) {
            for (int low = 0; low < count; low += 2 * run) {
                merge(from, to, low, Math.min(low + run, count), Math.min(low + 2 * run, count), order);
            }
            int[] x = from;
            from = to;
            to = x;
        }
        if (from != values) {
            System.arraycopy(from, 0, values, 0, count);
        }
    }

    private static void merge(int[] from, int[] to, int low, int middle, int high, Order order) {
        int i = low;
        int j = middle;
        for (int k = low; k < high; k++) {
            boolean left = i < middle && (j >= high || order.compare(from[i], from[j]) <= 0);
            to[k] = left ? from[i++] : from[j++];
        }
    }
}
