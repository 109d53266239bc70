// Batched products of two activations. Each thread takes its share of (batch, row). If there are enough rows, it packs
// the right side of a batch and runs the float GEMM, otherwise it works row by row.
#include "exec/context.h"
#include "exec/positions.h"
#include "kernels/fused.h"
#include "ops/gemm.h"

namespace qv {
namespace {

constexpr int64_t kFewRows = 8;

// Returns whether the right side is packed. Only the step decides, because otherwise the bits would depend on the
// threads.
bool packs(const qv_program& program, const MatmulStep& s) {
  return s.m >= kFewRows && s.a_col == 1 && s.n >= 1 && s.k >= 1 && s.n <= kMostPacked && s.k <= kMostPacked &&
         s.n * s.k <= program.arena_bytes / 4;
}

size_t packed_size(const qv_program& program, const MatmulStep& s) {
  return line_up(packed_bytes(float_kernel(*program.table, QV_FLOAT32), s.n, s.k));
}

struct Batch {
  const float *a, *b;
  float* out;
};

Batch batch_of(const MatmulStep& s, const Context& c, int64_t index) {
  const int64_t b1 = index % s.batch1, b0 = index / s.batch1;
  return {c.at<const float>(s.a) + b0 * s.a_batch0 + b1 * s.a_batch1,
          c.at<const float>(s.b) + b0 * s.b_batch0 + b1 * s.b_batch1,
          c.at<float>(s.out) + b0 * s.out_batch0 + b1 * s.out_batch1};
}

void packed_rows(const MatmulStep& s, const Context& c, const Batch& batch, int64_t r0, int64_t r1) {
  PackedMatrix* b = nullptr;
  if (place_float_matrix(*c.program.table, {batch.b, s.n, s.k, s.b_col, s.b_row, nullptr}, QV_FLOAT32, c.workspace, &b)) {
    return;  // never happens, because every float matrix can be packed
  }
  GemmCall call = {};
  call.a = batch.a + r0 * s.a_row;
  call.a_stride = s.a_row * 4;
  call.out = batch.out + r0 * s.out_row;
  call.ldc = s.out_row;
  gemm(call, *b, r1 - r0, 0, b->panels, c.workspace + packed_size(c.program, s));
}

void plain_row(const MatmulStep& s, const Context& c, const float* a, const float* b, float* out) {
  if (s.b_row == 1 && s.a_col == 1) {
    for (int64_t n = 0; n < s.n; n++) out[n] = c.rows().dot(a, b + n * s.b_col, s.k);
    return;
  }
  for (int64_t n = 0; n < s.n; n++) out[n] = 0;
  for (int64_t k = 0; k < s.k; k++) {
    const float x = a[k * s.a_col];
    const float* row = b + k * s.b_row;
    if (s.b_col == 1) {
      c.rows().axpy(x, row, s.n, out);
    } else {
      for (int64_t n = 0; n < s.n; n++) out[n] = fused(x, row[n * s.b_col], out[n]);
    }
  }
}

}  // namespace

size_t matmul_workspace(const qv_program& program, const MatmulStep& s) {
  if (!packs(program, s)) return 0;
  const GemmKernel& kernel = float_kernel(*program.table, QV_FLOAT32);
  PackedMatrix shape = {};
  shape.kernel = &kernel;
  shape.steps = kernel.steps(s.k);
  return packed_size(program, s) + line_up(gemm_scratch(shape, s.m));
}

void matmul(const MatmulStep& given, const Context& c) {
  MatmulStep s = given;
  if (s.n == 0) return;
  if (s.k == 0) {  // nothing is read of the inputs, whose strides may then lead anywhere
    s.a_batch0 = s.a_batch1 = s.a_row = s.b_batch0 = s.b_batch1 = s.b_col = 0;
  }
  const int64_t total = s.batch0 * s.batch1 * s.m;
  const int64_t begin = share_begin(total, c.thread, c.threads), end = share_begin(total, c.thread + 1, c.threads);
  const bool packed = packs(c.program, s);
  for (int64_t at = begin; at < end;) {
    const int64_t index = at / s.m, r0 = at % s.m;
    const int64_t r1 = end - index * s.m < s.m ? end - index * s.m : s.m;
    const Batch batch = batch_of(s, c, index);
    if (packed) {
      packed_rows(s, c, batch, r0, r1);
    } else {
      for (int64_t r = r0; r < r1; r++) plain_row(s, c, batch.a + r * s.a_row, batch.b, batch.out + r * s.out_row);
    }
    at += r1 - r0;
  }
}

}  // namespace qv
