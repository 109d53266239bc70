#include "ops/packed_matrix.h"

#include <string.h>

#include <type_traits>

#include "memory/error.h"
#include "memory/memory.h"
#include "ops/bfloat16.h"

namespace qv {
namespace {

constexpr int64_t kMostDepth = 65536;  // 255 * 127 * k fits int32
constexpr int64_t kMostColumns = INT64_C(1) << 24;

qv_status check_sizes(const void* data, int64_t n, int64_t k) {
  if (!data) return fail(QV_INVALID_ARGUMENT, "weights are NULL");
  if (n >= 1 && n <= kMostColumns && k >= 1 && k <= kMostDepth) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "weights [%lld, %lld], not [1..%lld, 1..%lld]", static_cast<long long>(n),
              static_cast<long long>(k), static_cast<long long>(kMostColumns), static_cast<long long>(kMostDepth));
}

struct Layout {
  int64_t steps, panels;
  size_t head, data, column, total;
  Layout(const GemmKernel& kernel, int64_t n, int64_t k)
      : steps((k + kernel.ku - 1) / kernel.ku), panels((n + kernel.nr - 1) / kernel.nr),
        head(round_up(sizeof(PackedMatrix), kAlignment)),
        data(round_up(static_cast<size_t>(panels * steps * kernel.nr * kernel.ku * kernel.element), kAlignment)),
        column(static_cast<size_t>(panels * kernel.nr) * 4),  // nr is a multiple of 16: stays aligned
        total(head + data + 3 * column) {}
};

PackedMatrix* begin_matrix(const GemmKernel& kernel, int64_t n, int64_t k, void* memory) {
  const Layout layout(kernel, n, k);
  auto* block = static_cast<char*>(memory);
  memset(block, 0, layout.head);
  memset(block + layout.head + layout.data, 0, 3 * layout.column);
  if (n % kernel.nr || k % kernel.ku) memset(block + layout.head, 0, layout.data);
  auto* matrix = static_cast<PackedMatrix*>(memory);
  matrix->kernel = &kernel;
  matrix->pack_a = kernel.pack_a;
  matrix->a_element = kernel.a_element;
  matrix->n = static_cast<int>(n);
  matrix->k = static_cast<int>(k);
  matrix->steps = static_cast<int>(layout.steps);
  matrix->panels = static_cast<int>(layout.panels);
  matrix->bytes = static_cast<int64_t>(layout.total);
  matrix->data = block + layout.head;
  matrix->column_sum = reinterpret_cast<int32_t*>(block + layout.head + layout.data);
  matrix->scale = reinterpret_cast<float*>(block + layout.head + layout.data + layout.column);
  matrix->bias = reinterpret_cast<float*>(block + layout.head + layout.data + 2 * layout.column);
  return matrix;
}

// Where element 0 of a column lies; the next step's ku elements are step_bytes further.
char* column_start(const PackedMatrix& matrix, int column) {
  const GemmKernel& kernel = *matrix.kernel;
  const auto step = static_cast<size_t>(kernel.nr * kernel.ku * kernel.element);
  return matrix.data + static_cast<size_t>(column / kernel.nr) * static_cast<size_t>(matrix.steps) * step +
         static_cast<size_t>(column % kernel.nr * kernel.ku * kernel.element);
}

// Convert: element of the source at an index of k, to the packed type.
template <typename Packed, typename Convert>
void pack_column(const PackedMatrix& matrix, int column, Convert convert) {
  const int ku = matrix.kernel->ku, step = matrix.kernel->nr * ku;
  auto* out = reinterpret_cast<Packed*>(column_start(matrix, column));
  const int whole = matrix.k / ku;
  for (int s = 0; s < whole; s++, out += step) {
    for (int i = 0; i < ku; i++) out[i] = convert(s * ku + i);
  }
  for (int i = 0; i < matrix.k - whole * ku; i++) out[i] = convert(whole * ku + i);
}

// Stride: of the column's elements; a known 1 lets the compiler use vectors.
template <typename Stride>
int32_t sum_column(const int8_t* from, Stride stride, int k, int8_t* least) {
  constexpr int kBlock = 256;  // sums of so many int8 fit int16, of which a vector holds twice as many
  int32_t sum = 0;
  int8_t low = 0;
  for (int at = 0; at < k; at += kBlock) {
    const int count = k - at < kBlock ? k - at : kBlock;
    int16_t part = 0;
    for (int i = 0; i < count; i++) {
      const int8_t w = from[(at + i) * stride];
      part = static_cast<int16_t>(part + w);
      low = w < low ? w : low;
    }
    sum += part;
  }
  *least = low;
  return sum;
}

// Says whether the column keeps to -127..127: -128 has no negative and would break the bound on the sums.
bool sum_s8_column(PackedMatrix& matrix, const S8Weights& weights, int column) {
  const int8_t* from = weights.data + column * weights.ldn;
  int8_t least = 0;
  matrix.column_sum[column] = weights.ldk == 1
                                  ? sum_column(from, std::integral_constant<int64_t, 1>(), matrix.k, &least)
                                  : sum_column(from, weights.ldk, matrix.k, &least);
  return least >= -127;
}

constexpr int kWord = 4;  // elements that VNNI, and so the panels of int8, keep together

// A panel of rows that lie dense in memory: word by word over all columns, so that both sides are walked in order.
void pack_s8_panel(const PackedMatrix& matrix, const S8Weights& weights, int first, int columns) {
  const int8_t* from = weights.data + first * weights.ldn;
  char* to = column_start(matrix, first);
  const int whole = matrix.k / kWord, step = matrix.kernel->nr * kWord;
  for (int s = 0; s < whole; s++, to += step) {
    for (int c = 0; c < columns; c++) memcpy(to + c * kWord, from + c * weights.ldn + s * kWord, kWord);
  }
  const auto rest = static_cast<size_t>(matrix.k - whole * kWord);
  for (int c = 0; rest && c < columns; c++) memcpy(to + c * kWord, from + c * weights.ldn + whole * kWord, rest);
}

void pack_s8(const PackedMatrix& matrix, const S8Weights& weights) {
  if (matrix.kernel->ku == kWord && weights.ldk == 1) {
    for (int first = 0; first < matrix.n; first += matrix.kernel->nr) {
      const int left = matrix.n - first;
      pack_s8_panel(matrix, weights, first, left < matrix.kernel->nr ? left : matrix.kernel->nr);
    }
    return;
  }
  for (int column = 0; column < matrix.n; column++) {
    const int8_t* from = weights.data + column * weights.ldn;
    pack_column<int8_t>(matrix, column, [=](int i) { return from[i * weights.ldk]; });
  }
}

void pack_widened(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  auto* out = static_cast<float*>(packed);
  for (int i = 0; i < k; i++) {
    for (int r = 0; r < rows; r++) {
      *out++ = from_bfloat16(reinterpret_cast<const uint16_t*>(static_cast<const char*>(a) + r * lda)[i]);
    }
  }
}

void pack_float_column(const PackedMatrix& matrix, const float* from, int64_t ldk, int column, bool rounded) {
  if (matrix.kernel->element == 2) {
    pack_column<uint16_t>(matrix, column, [=](int i) { return to_bfloat16(from[i * ldk]); });
  } else if (rounded) {
    pack_column<float>(matrix, column, [=](int i) { return from_bfloat16(to_bfloat16(from[i * ldk])); });
  } else {
    pack_column<float>(matrix, column, [=](int i) { return from[i * ldk]; });
  }
}

}  // namespace

size_t packed_bytes(const GemmKernel& kernel, int64_t n, int64_t k) { return Layout(kernel, n, k).total; }

const GemmKernel& float_kernel(const KernelTable& table, qv_precision precision) {
  return precision == QV_BFLOAT16 && table.bgemm ? *table.bgemm : *table.sgemm;
}

qv_status place_s8_matrix(const KernelTable& table, const S8Weights& weights, void* memory, PackedMatrix** result) {
  PackedMatrix* matrix = begin_matrix(*table.qgemm, weights.n, weights.k, memory);
  matrix->epilogue = table.epilogue_s32;
  for (int column = 0; column < matrix->n; column++) {
    if (!sum_s8_column(*matrix, weights, column)) {
      return fail(QV_INVALID_ARGUMENT, "weight -128 in output channel %d; symmetric weights are -127..127", column);
    }
  }
  pack_s8(*matrix, weights);
  memcpy(matrix->scale, weights.scale, sizeof(float) * static_cast<size_t>(matrix->n));
  if (weights.bias) memcpy(matrix->bias, weights.bias, sizeof(float) * static_cast<size_t>(matrix->n));
  *result = matrix;
  return QV_OK;
}

qv_status place_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision, void* memory,
                             PackedMatrix** result) {
  const GemmKernel& kernel = float_kernel(table, precision);
  PackedMatrix* matrix = begin_matrix(kernel, weights.n, weights.k, memory);
  matrix->epilogue = table.epilogue_f32;
  matrix->pack_floats = &kernel == table.sgemm ? kernel.pack_a : table.pack_floats;
  if (precision == QV_BFLOAT16 && &kernel == table.sgemm) {
    matrix->pack_a = pack_widened;
    matrix->a_element = 2;
  }
  for (int column = 0; column < matrix->n; column++) {
    pack_float_column(*matrix, weights.data + column * weights.ldn, weights.ldk, column, precision == QV_BFLOAT16);
  }
  if (weights.bias) memcpy(matrix->bias, weights.bias, sizeof(float) * static_cast<size_t>(matrix->n));
  *result = matrix;
  return QV_OK;
}

qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, PackedMatrix** result) {
  if (!weights.scale) return fail(QV_INVALID_ARGUMENT, "scales of weights are NULL");
  qv_status status = check_sizes(weights.data, weights.n, weights.k);
  if (status != QV_OK) return status;
  void* memory = allocate(packed_bytes(*table.qgemm, weights.n, weights.k));
  if (!memory) return fail(QV_OUT_OF_MEMORY, "no memory for int8 weights");
  status = place_s8_matrix(table, weights, memory, result);
  if (status != QV_OK) release(memory);
  return status;
}

qv_status create_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision,
                              PackedMatrix** result) {
  const qv_status status = check_sizes(weights.data, weights.n, weights.k);
  if (status != QV_OK) return status;
  if (precision != QV_FLOAT32 && precision != QV_BFLOAT16) {
    return fail(QV_INVALID_ARGUMENT, "precision %d is unknown", static_cast<int>(precision));
  }
  void* memory = allocate(packed_bytes(float_kernel(table, precision), weights.n, weights.k));
  if (!memory) return fail(QV_OUT_OF_MEMORY, "no memory for float weights");
  return place_float_matrix(table, weights, precision, memory, result);
}

}  // namespace qv
