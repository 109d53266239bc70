package org.quantvoice.plan;

/** What of the machine a program depends on. */
interface Target {

    /** Threads of a run; each has its own scratch. */
    int threads();

    /** Bytes in which attention packs the keys and values of one head. */
    long attentionPackedBytes(long keys, long d);

    /** Bytes of scratch that attention needs on each thread. */
    long attentionScratchBytes(long keys, long d);
}
