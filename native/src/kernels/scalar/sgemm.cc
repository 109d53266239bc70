// The specification of sgemm: each element is a chain of fused multiply-adds from k = 0 on, starting with 0.
#include "dispatch/kernel_table.h"
#include "kernels/scalar/vector_math.h"

namespace qv_scalar {
namespace {

constexpr int kColumns = 16;

void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<float*>(packed);
  for (int i = 0; i < k; i++) {
    for (int r = 0; r < rows; r++) *out++ = reinterpret_cast<const float*>(static_cast<const char*>(a) + r * lda)[i];
  }
}

void tile(int rows, int steps, const void* packed_a, const void* packed_b, void* sums) {
  const auto* a = static_cast<const float*>(packed_a);
  const auto* b = static_cast<const float*>(packed_b);
  auto* acc = static_cast<float*>(sums);
  for (int i = 0; i < rows * kColumns; i++) acc[i] = 0;
  for (int s = 0; s < steps; s++) {
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < kColumns; n++) {
        acc[r * kColumns + n] = fma1(a[s * rows + r], b[s * kColumns + n], acc[r * kColumns + n]);
      }
    }
  }
}

}  // namespace

extern const qv::GemmKernel sgemm;
const qv::GemmKernel sgemm = {4, kColumns, 1, 4, 4, pack_a, tile};

}  // namespace qv_scalar
