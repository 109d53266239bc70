#include "exec/positions.h"

#include "memory/memory.h"
#include "ops/gemm.h"

namespace qv {
namespace {

// A CPU without bfloat16 products multiplies floats: it would have to widen a panel again for each block of rows.
qv_precision precision_of(const KernelTable& table, bool exact) {
  return exact || !table.bgemm ? QV_FLOAT32 : QV_BFLOAT16;
}

// Floats from row to row of the scores. Rows of a block look at positions that are one further each, from whole panels.
int64_t scores_stride(const AttentionStep& s, int64_t rows, int nr) {
  return static_cast<int64_t>(round_up(static_cast<size_t>(s.keys + rows + 2 * nr), 16));
}

// Writes (pos_q + pos_add) * pos_scale of rows of a head.
void position_queries(const AttentionStep& s, const Context& c, int64_t head, int64_t row0, int64_t row1, float* out) {
  const auto* q = c.at<const float>(s.pos_q) + head * s.pos_q_head;
  const auto* add = c.optional<const float>(s.pos_add);
  const auto scale = static_cast<float>(s.pos_scale);
  for (int64_t r = row0; r < row1; r++, out += s.d) {
    const float* row = q + r * s.pos_q_ld;
    if (add) {
      const float* more = add + head * s.pos_add_head;
      for (int64_t i = 0; i < s.d; i++) out[i] = (row[i] + more[i]) * scale;
    } else {
      for (int64_t i = 0; i < s.d; i++) out[i] = row[i] * scale;
    }
  }
}

}  // namespace

size_t positions_bytes(const KernelTable& table, int64_t n, int64_t k, bool exact) {
  return float_content_bytes(table, n, k, precision_of(table, exact));
}

size_t positions_workspace(const KernelTable& table, const AttentionStep& s, int64_t rows) {
  PackedMatrix shape = {};
  shape.kernel = &float_kernel(table, precision_of(table, s.exact == 1));
  shape.steps = shape.kernel->steps(s.d);
  return row_scratch(rows * s.d) + row_scratch(rows * scores_stride(s, rows, shape.kernel->nr)) + line_up(gemm_scratch(shape, rows));
}

void pack(const PackStep& s, const Context& c) {
  const qv_precision precision = precision_of(*c.program.table, s.exact == 1);
  const int64_t begin = share_begin(s.count, c.thread, c.threads), end = share_begin(s.count, c.thread + 1, c.threads);
  for (int64_t i = begin; i < end; i++) {
    const PackedMatrix to = float_matrix_over(*c.program.table, s.n, s.k, precision, c.at<char>(s.out) + i * s.out_head);
    pack_floats(to, {c.at<const float>(s.in) + i * s.in_head, s.n, s.k, s.in_n, s.in_k, nullptr});
  }
}

void position_scores(const AttentionStep& s, const Context& c, int64_t head, int64_t row0, int64_t row1, char* work,
                     qv_attention_args* args) {
  const KernelTable& table = *c.program.table;
  const PackedMatrix all = float_matrix_over(table, s.pos_n, s.d, precision_of(table, s.exact == 1),
                                             c.at<char>(s.pos) + head * s.pos_head);
  const int64_t rows = row1 - row0, nr = all.kernel->nr, stride = scores_stride(s, rows, all.kernel->nr);
  auto* queries = reinterpret_cast<float*>(work);
  auto* scores = reinterpret_cast<float*>(work + row_scratch(rows * s.d));
  position_queries(s, c, head, row0, row1, queries);
  const int64_t low = s.pos_first - (row1 - 1), high = s.pos_first - row0 + s.keys;  // positions of some row of the block
  const PackedMatrix part = panels_of(all, static_cast<int>(low / nr), static_cast<int>((high + nr - 1) / nr));
  GemmCall call = {};
  call.a = queries;
  call.a_stride = s.d * 4;
  call.out = scores;
  call.ldc = stride;
  gemm(call, part, rows, 0, part.panels, reinterpret_cast<char*>(scores) + row_scratch(rows * stride));
  args->mask = scores + (s.pos_first - row0 - low / nr * nr);
  args->mask_ld = stride - 1;
  args->q += row0 * args->q_ld;
  args->out += row0 * args->out_ld;
  args->band.shift += row0;
}

}  // namespace qv
