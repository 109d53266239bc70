// The specification of qgemm_u8s8: plain sums in int32.
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_scalar {
namespace {

constexpr int kColumns = 16;

void pack_a(const void* rows_of_a, ptrdiff_t lda, int rows, int k, void* packed) {
  const auto* a = static_cast<const uint8_t*>(rows_of_a);
  auto* out = static_cast<uint8_t*>(packed);
  for (int i = 0; i < k; i++) {
    for (int r = 0; r < rows; r++) *out++ = a[r * lda + i];
  }
}

void tile(int rows, int steps, const void* packed_a, const void* packed_b, void* sums) {
  const auto* a = static_cast<const uint8_t*>(packed_a);
  const auto* b = static_cast<const int8_t*>(packed_b);
  auto* acc = static_cast<int32_t*>(sums);
  memset(acc, 0, sizeof(int32_t) * static_cast<size_t>(rows) * kColumns);
  for (int s = 0; s < steps; s++) {
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < kColumns; n++) acc[r * kColumns + n] += a[s * rows + r] * b[s * kColumns + n];
    }
  }
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {4, kColumns, 1, 1, 1, pack_a, tile};

}  // namespace qv_scalar
