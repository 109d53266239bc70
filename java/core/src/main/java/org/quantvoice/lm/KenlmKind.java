package org.quantvoice.lm;

/** The data structures of KenLM binary files, in the order of their codes. */
enum KenlmKind {
    PROBING,
    PROBING_WITH_REST,
    TRIE,
    QUANTIZED_TRIE,
    ARRAY_TRIE,
    QUANTIZED_ARRAY_TRIE;

    boolean isTrie() {
        return this != PROBING && this != PROBING_WITH_REST;
    }

    boolean isQuantized() {
        return this == QUANTIZED_TRIE || this == QUANTIZED_ARRAY_TRIE;
    }

    /** Returns whether pointers are split into a sorted array and low bits in the entry. */
    boolean hasPointerArrays() {
        return this == ARRAY_TRIE || this == QUANTIZED_ARRAY_TRIE;
    }

    int searchVersion() {
        return isTrie() ? 1 : 0;
    }
}
