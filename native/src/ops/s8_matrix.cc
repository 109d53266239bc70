#include "ops/s8_matrix.h"

#include <string.h>

#include "memory/error.h"
#include "memory/memory.h"

namespace qv {
namespace {

constexpr int64_t kMostDepth = 65536;  // 255 * 127 * k fits int32
constexpr int64_t kMostColumns = INT64_C(1) << 24;

qv_status check(const S8Weights& weights) {
  if (!weights.data || !weights.scale) return fail(QV_INVALID_ARGUMENT, "weights or their scales are NULL");
  if (weights.n < 1 || weights.n > kMostColumns || weights.k < 1 || weights.k > kMostDepth) {
    return fail(QV_INVALID_ARGUMENT, "weights [%lld, %lld], not [1..%lld, 1..%lld]", static_cast<long long>(weights.n),
                static_cast<long long>(weights.k), static_cast<long long>(kMostColumns),
                static_cast<long long>(kMostDepth));
  }
  if (weights.ldw < weights.k) {
    return fail(QV_INVALID_ARGUMENT, "weight rows of %lld bytes every %lld bytes", static_cast<long long>(weights.k),
                static_cast<long long>(weights.ldw));
  }
  return QV_OK;
}

// -128 has no negative and would break the bound on the sums.
bool pack_column(qv_s8_matrix& matrix, const int8_t* row, int column) {
  const int nr = matrix.kernel->nr, ku = matrix.kernel->ku;
  int8_t* out = matrix.data + static_cast<size_t>(column / nr) * matrix.steps * nr * ku + (column % nr) * ku;
  int32_t sum = 0;
  int8_t least = 0;
  for (int i = 0; i < matrix.k; i++) {
    sum += row[i];
    least = row[i] < least ? row[i] : least;
  }
  const int whole = matrix.k / ku;
  for (int s = 0; s < whole; s++) memcpy(out + static_cast<size_t>(s) * nr * ku, row + s * ku, static_cast<size_t>(ku));
  memcpy(out + static_cast<size_t>(whole) * nr * ku, row + whole * ku, static_cast<size_t>(matrix.k - whole * ku));
  matrix.column_sum[column] = sum;
  return least >= -127;
}

// One block: the struct, then panels, sums, scales and bias, each aligned.
qv_s8_matrix* allocate_matrix(const KernelTable& table, const S8Weights& weights) {
  const QgemmKernel& kernel = *table.qgemm;
  const int64_t steps = (weights.k + kernel.ku - 1) / kernel.ku, panels = (weights.n + kernel.nr - 1) / kernel.nr;
  const size_t head = round_up(sizeof(qv_s8_matrix), kAlignment);
  const size_t data = round_up(static_cast<size_t>(panels * steps * kernel.nr * kernel.ku), kAlignment);
  const size_t column = static_cast<size_t>(panels * kernel.nr) * 4;  // nr is a multiple of 16
  const size_t bytes = head + data + 3 * column;
  auto* block = static_cast<char*>(allocate(bytes));
  if (!block) return nullptr;
  memset(block, 0, bytes);
  auto* matrix = reinterpret_cast<qv_s8_matrix*>(block);
  matrix->kernel = &kernel;
  matrix->epilogue = table.epilogue_s32;
  matrix->n = static_cast<int>(weights.n);
  matrix->k = static_cast<int>(weights.k);
  matrix->steps = static_cast<int>(steps);
  matrix->panels = static_cast<int>(panels);
  matrix->bytes = static_cast<int64_t>(bytes);
  matrix->data = reinterpret_cast<int8_t*>(block + head);
  matrix->column_sum = reinterpret_cast<int32_t*>(block + head + data);
  matrix->scale = reinterpret_cast<float*>(block + head + data + column);
  matrix->bias = reinterpret_cast<float*>(block + head + data + 2 * column);
  return matrix;
}

}  // namespace

qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, qv_s8_matrix** result) {
  const qv_status status = check(weights);
  if (status != QV_OK) return status;
  qv_s8_matrix* matrix = allocate_matrix(table, weights);
  if (!matrix) return fail(QV_OUT_OF_MEMORY, "no memory for int8 weights");
  for (int column = 0; column < matrix->n; column++) {
    if (!pack_column(*matrix, weights.data + column * weights.ldw, column)) {
      release(matrix);
      return fail(QV_INVALID_ARGUMENT, "weight -128 in output channel %d; symmetric weights are -127..127", column);
    }
  }
  memcpy(matrix->scale, weights.scale, sizeof(float) * static_cast<size_t>(matrix->n));
  if (weights.bias) memcpy(matrix->bias, weights.bias, sizeof(float) * static_cast<size_t>(matrix->n));
  *result = matrix;
  return QV_OK;
}

}  // namespace qv
