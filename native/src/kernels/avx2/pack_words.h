// Packs rows in the layout that tiles broadcast from: words of 4 bytes (4 uint8 or 1 float) of all rows side by side.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace {

// Packs rows of k bytes as [k / 4][rows] words; a last incomplete word is filled up with 0.
inline void pack_words(const void* rows_of_a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<uint32_t*>(packed);
  for (int r = 0; r < rows; r++) {
    const char* row = static_cast<const char*>(rows_of_a) + r * lda;
    for (int s = 0; s < k / 4; s++) memcpy(out + s * rows + r, row + 4 * s, 4);
    uint32_t last = 0;
    memcpy(&last, row + k / 4 * 4, static_cast<size_t>(k % 4));
    if (k % 4) out[k / 4 * rows + r] = last;
  }
}

}  // namespace
