// Operations on rows of floats on a pool; see quantvoice.h. Arguments are checked but for the extent of the buffers.
#pragma once

#include "dispatch/kernel_table.h"
#include "pool/thread_pool.h"
#include "quantvoice.h"

namespace qv {

struct LayerNorm {
  const float* gamma;  // [n] or NULL
  const float* beta;   // [n] or NULL
  float epsilon;
  qv_activation activation;  // afterwards
};

qv_status quantize_rows(Turn& turn, const KernelTable& table, const qv_rows& rows);
qv_status layernorm(Turn& turn, const KernelTable& table, const qv_rows& rows, const LayerNorm& norm);
qv_status activate(Turn& turn, const KernelTable& table, const qv_rows& rows, qv_activation activation, float alpha);
qv_status softmax(Turn& turn, const KernelTable& table, const qv_rows& rows);
qv_status log_softmax(Turn& turn, const KernelTable& table, const qv_rows& rows);

// The kernels' form of rows, for calls within a worker's own task: kernel(&call, begin, end, scratch of
// row_scratch(n) bytes).
RowsCall rows_call(const qv_rows& rows);
size_t row_scratch(int64_t n);

}  // namespace qv
