#include "ops/gemm_split.h"

namespace qv {
namespace {

// Half of a common second level cache: the other half is for weights and output.
constexpr size_t kRowBlockBytes = 512 * 1024;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

GemmGrid gemm_grid(int64_t m, int mr, int panels, int threads) {
  GemmGrid best = {1, 1};
  int64_t least = INT64_MAX;
  for (int rows = threads; rows >= 1; rows--) {  // more row parts first: column parts pack the same rows again
    const int columns = threads / rows;
    const int64_t part = ceil_div(m, rows);
    const int64_t tiles = ceil_div(part, mr);
    const int64_t cost = (part + tiles) * ceil_div(panels, columns);  // a tile costs about one row more
    if (cost < least) {
      least = cost;
      best = {rows, columns};
    }
  }
  return best;
}

int64_t rows_in_cache(size_t bytes_per_row, int mr) {
  const int64_t tiles = static_cast<int64_t>(kRowBlockBytes / (bytes_per_row * static_cast<size_t>(mr)));
  return (tiles > 1 ? tiles : 1) * mr;
}

}  // namespace qv
