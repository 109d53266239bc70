// How a product [m, n] is cut among threads and into cache-sized blocks; shared by all GEMMs.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace qv {

// A grid of row parts x column parts; part p is row part p / columns, column part p % columns.
struct GemmGrid {
  int rows, columns;
};

// The grid of at most `threads` parts whose largest part takes least time.
GemmGrid gemm_grid(int64_t m, int mr, int panels, int threads);

// Share number `index` of `parts` even ones of 0..total.
inline int64_t even_begin(int64_t total, int parts, int64_t index) { return total * index / parts; }

// Rows of packed activations that stay in the second level cache beside a panel of weights; a multiple of mr.
int64_t rows_in_cache(size_t bytes_per_row, int mr);

}  // namespace qv
