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

constexpr size_t kLevels = 128;  // the number of levels of 7 bits, the most that are unpacked

// Returns the bytes before the panels; bits is that of a PackedMatrix or of a PackedContent.
size_t head_bytes(int bits) { return round_up(sizeof(PackedMatrix) + (bits > 0 && bits < 8 ? kLevels : 0), kAlignment); }

struct Layout {
  int64_t steps, panels;
  size_t head, panel, data, column, total;
  Layout(const GemmKernel& kernel, int64_t n, int64_t k, int bits)
      : steps(kernel.steps(k)), panels((n + kernel.nr - 1) / kernel.nr),
        head(head_bytes(bits)),
        panel(panel_size(static_cast<size_t>(steps * kernel.nr * kernel.ku * kernel.element), bits)),
        data(round_up(static_cast<size_t>(panels) * panel, kAlignment)),
        column(static_cast<size_t>(panels * kernel.nr) * 4),  // nr is a multiple of 16, so the arrays behind stay aligned
        total(head + data + 3 * column) {}

  static size_t panel_size(size_t bytes, int bits) {
    if (bits == 0) return bytes;
    return bits == 16 ? bytes / 2 : round_up(bytes, kChunk) / kChunk * static_cast<size_t>(32 * bits);
  }
};

// Sets the sizes, and the pointers to the parts of the content.
void lay_out(PackedMatrix& matrix, const GemmKernel& kernel, int64_t n, int64_t k, int bits, const Layout& layout, char* content) {
  matrix.kernel = &kernel;
  matrix.n = static_cast<int>(n);
  matrix.k = static_cast<int>(k);
  matrix.steps = static_cast<int>(layout.steps);
  matrix.panels = static_cast<int>(layout.panels);
  matrix.bits = bits;
  matrix.panel_bytes = layout.panel;
  matrix.bytes = static_cast<int64_t>(layout.total);
  matrix.data = content;
  matrix.column_sum = reinterpret_cast<int32_t*>(content + layout.data);
  matrix.scale = reinterpret_cast<float*>(content + layout.data + layout.column);
  matrix.bias = reinterpret_cast<float*>(content + layout.data + 2 * layout.column);
}

// Clears what packing does not write.
void clear_content(const PackedMatrix& matrix, const Layout& layout) {
  const bool codes = matrix.bits > 0 && matrix.bits < 8;  // set bit by bit
  memset(matrix.data + layout.data, 0, 3 * layout.column);
  if (codes || matrix.n % matrix.kernel->nr || matrix.k != layout.steps * matrix.kernel->ku) memset(matrix.data, 0, layout.data);
}

PackedMatrix* begin_matrix(const GemmKernel& kernel, int64_t n, int64_t k, int bits, void* memory) {
  const Layout layout(kernel, n, k, bits);
  memset(memory, 0, layout.head);
  auto* matrix = static_cast<PackedMatrix*>(memory);
  lay_out(*matrix, kernel, n, k, bits, layout, static_cast<char*>(memory) + layout.head);
  clear_content(*matrix, layout);
  return matrix;
}

// Packs a column. convert(k) returns element k of the source in the packed type. A panel holds its steps one after the
// other, and each step holds its columns.
template <typename Packed, typename Convert>
void pack_column(const PackedMatrix& matrix, char* panel, int column, Convert convert) {
  const int ku = matrix.kernel->ku, step = matrix.kernel->nr * ku;
  auto* out = reinterpret_cast<Packed*>(panel) + column % matrix.kernel->nr * ku;
  const int whole = matrix.k / ku;
  for (int s = 0; s < whole; s++, out += step) {
    for (int i = 0; i < ku; i++) out[i] = convert(s * ku + i);
  }
  for (int i = 0; i < matrix.k - whole * ku; i++) out[i] = convert(whole * ku + i);
}

char* panel_of(const PackedMatrix& matrix, int column) {
  return matrix.data + static_cast<size_t>(column / matrix.kernel->nr) * matrix.panel_bytes;
}

// Sums a column. Stride is the distance of its elements; if its type says 1, the compiler can vectorize the loop.
template <typename Stride>
int32_t sum_column(const int8_t* from, Stride stride, int k, int8_t* least) {
  constexpr int kBlock = 256;  // sums of this many int8 fit int16, of which a vector holds twice as many as of int32
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

// Sums a column and returns whether its values are within -127..127; -128 would break the bound on the sums.
bool sum_s8_column(PackedMatrix& matrix, const S8Weights& weights, int column) {
  const int8_t* from = weights.data + column * weights.ldn;
  int8_t least = 0;
  matrix.column_sum[column] = weights.ldk == 1
                                  ? sum_column(from, std::integral_constant<int64_t, 1>(), matrix.k, &least)
                                  : sum_column(from, weights.ldk, matrix.k, &least);
  return least >= -127;
}

constexpr int kWord = 4;  // number of elements of k that VNNI multiplies together, and that panels of int8 hold side by side

// Packs rows that are contiguous in memory word by word over all columns, so that source and target are both walked in
// order.
void pack_words(const PackedMatrix& matrix, const S8Weights& weights, int first, int columns, char* to) {
  const int8_t* from = weights.data + first * weights.ldn;
  const int whole = matrix.k / kWord, step = matrix.kernel->nr * kWord;
  for (int s = 0; s < whole; s++, to += step) {
    for (int c = 0; c < columns; c++) memcpy(to + c * kWord, from + c * weights.ldn + s * kWord, kWord);
  }
  const auto rest = static_cast<size_t>(matrix.k - whole * kWord);
  for (int c = 0; rest && c < columns; c++) memcpy(to + c * kWord, from + c * weights.ldn + whole * kWord, rest);
}

// Sums and packs the panel that begins with a column; returns a column that has a weight of -128, or -1.
int pack_s8_panel(PackedMatrix& matrix, const S8Weights& weights, int first, char* panel) {
  const int left = matrix.n - first, columns = left < matrix.kernel->nr ? left : matrix.kernel->nr;
  int bad = -1;
  for (int column = first; column < first + columns; column++) {
    if (!sum_s8_column(matrix, weights, column)) bad = column;
  }
  if (matrix.kernel->ku == kWord && weights.ldk == 1) {
    pack_words(matrix, weights, first, columns, panel);
    return bad;
  }
  for (int column = first; column < first + columns; column++) {
    const int8_t* from = weights.data + column * weights.ldn;
    pack_column<int8_t>(matrix, panel, column, [=](int i) { return from[i * weights.ldk]; });
  }
  return bad;
}

// The code of each int8 value, or -1 if the width or the list of levels has none for it.
struct Codes {
  int16_t of[256];

  Codes(int bits, const int8_t* levels) {
    for (int16_t& code : of) code = -1;
    const int half = 1 << (bits - 1);
    for (int code = 2 * half - 1; code >= 0; code--) {  // descending, so that the lowest of several codes for one value stays
      if (levels || code > 0) of[(levels ? levels[code] : code - half) + 128] = static_cast<int16_t>(code);
    }
  }
};

void set_code(uint8_t* chunk, int bits, int i, int code) {
  const int field = i / 64, byte = i % 64;
  if (bits & 4) {
    chunk[64 * (field / 2) + byte] |= static_cast<uint8_t>((code & 15) << 4 * (field % 2));
    code >>= 4;
  }
  if (bits & 2) {
    chunk[(bits & 4) * 32 + byte] |= static_cast<uint8_t>((code & 3) << 2 * field);
    code >>= 2;
  }
  if (bits & 1) chunk[(bits & 6) * 32 + i / 8] |= static_cast<uint8_t>((code & 1) << i % 8);
}

// Encodes values, and returns whether each had a code.
bool encode(const PackedMatrix& matrix, const Codes& codes, const int8_t* values, uint8_t* data) {
  int missing = 0;
  for (size_t i = 0; i < panel_scratch(matrix); i++) {
    const int code = codes.of[values[i] + 128];
    missing += code < 0;
    set_code(data + i / kChunk * static_cast<size_t>(32 * matrix.bits), matrix.bits, static_cast<int>(i % kChunk), code);
  }
  return missing == 0;
}

qv_status fail_value(const S8Weights& weights, int column) {
  return fail(QV_INVALID_ARGUMENT, "a weight in output channels from %d on that %s of %d bits has not", column,
              weights.levels ? "a list of levels" : "the symmetric range", weights.bits);
}

// Packs each panel as bytes first, and then as codes into the matrix.
qv_status pack_codes(PackedMatrix& matrix, const S8Weights& weights) {
  const Codes codes(weights.bits, weights.levels);
  const size_t size = panel_scratch(matrix);
  auto* values = static_cast<char*>(allocate(size));
  if (!values) return fail(QV_OUT_OF_MEMORY, "no memory to pack weights");
  qv_status status = QV_OK;
  for (int panel = 0; panel < matrix.panels && status == QV_OK; panel++) {
    memset(values, 0, size);
    const int begin = panel * matrix.kernel->nr;
    pack_s8_panel(matrix, weights, begin, values);
    const auto* bytes = reinterpret_cast<const int8_t*>(values);  // char has no sign on ARM
    if (!encode(matrix, codes, bytes, reinterpret_cast<uint8_t*>(panel_of(matrix, begin)))) status = fail_value(weights, begin);
  }
  release(values);
  return status;
}

qv_status pack_bytes(PackedMatrix& matrix, const S8Weights& weights) {
  for (int first = 0; first < matrix.n; first += matrix.kernel->nr) {
    char* panel = panel_of(matrix, first);
    const int bad = pack_s8_panel(matrix, weights, first, panel);
    if (matrix.kernel->close_panel) matrix.kernel->close_panel(panel, matrix.steps);
    if (bad >= 0) {
      return fail(QV_INVALID_ARGUMENT, "weight -128 in output channel %d; symmetric weights are -127..127", bad);
    }
  }
  return QV_OK;
}

qv_status check_width(const S8Weights& weights) {
  if (weights.bits < 2 || weights.bits > 8) return fail(QV_INVALID_ARGUMENT, "weights of %d bits, not 2..8", weights.bits);
  if (!weights.levels || weights.bits == 8) return QV_OK;
  const Codes codes(weights.bits, weights.levels);
  if (codes.of[128] < 0) return fail(QV_INVALID_ARGUMENT, "levels of %d bits without 0", weights.bits);
  return codes.of[0] < 0 ? QV_OK : fail(QV_INVALID_ARGUMENT, "level -128; symmetric weights are -127..127");
}

void pack_float_column(const PackedMatrix& matrix, const float* from, int64_t ldk, int column, bool rounded) {
  if (rounded) {
    pack_column<uint16_t>(matrix, panel_of(matrix, column), column, [=](int i) { return to_bfloat16(from[i * ldk]); });
  } else {
    pack_column<float>(matrix, panel_of(matrix, column), column, [=](int i) { return from[i * ldk]; });
  }
}

// Returns the bits of stored weights: bfloat16 for a kernel of floats is stored in 2 bytes.
int stored_bits(const KernelTable& table, const GemmKernel& kernel, bool rounded) {
  return rounded && &kernel == table.sgemm ? 16 : 0;
}

PackedMatrix* begin_float(const KernelTable& table, int64_t n, int64_t k, qv_precision precision, void* memory) {
  const GemmKernel& kernel = float_kernel(table, precision);
  PackedMatrix* matrix = begin_matrix(kernel, n, k, stored_bits(table, kernel, precision == QV_BFLOAT16), memory);
  matrix->epilogue = table.epilogue_f32;
  return matrix;
}

PackedMatrix* begin_s8(const KernelTable& table, int64_t n, int64_t k, int bits, const int8_t* levels, void* memory) {
  PackedMatrix* matrix = begin_matrix(*table.qgemm, n, k, bits == 8 ? 0 : bits, memory);
  matrix->epilogue = table.epilogue_s32;
  matrix->unpack = table.unpack;
  if (levels && bits < 8) {
    auto* own = reinterpret_cast<int8_t*>(matrix + 1);
    memcpy(own, levels, static_cast<size_t>(1) << bits);
    matrix->levels = own;
  }
  return matrix;
}

}  // namespace

size_t packed_bytes(const GemmKernel& kernel, int64_t n, int64_t k) { return Layout(kernel, n, k, 0).total; }

size_t packed_bytes(const KernelTable& table, int64_t n, int64_t k, int bits) {
  if (bits <= 8) return Layout(*table.qgemm, n, k, bits == 8 ? 0 : bits).total;
  const GemmKernel& kernel = float_kernel(table, bits == 16 ? QV_BFLOAT16 : QV_FLOAT32);
  return Layout(kernel, n, k, stored_bits(table, kernel, bits == 16)).total;
}

const GemmKernel& float_kernel(const KernelTable& table, qv_precision precision) {
  return precision == QV_BFLOAT16 && table.bgemm ? *table.bgemm : *table.sgemm;
}

qv_status check_precision(qv_precision precision) {
  if (precision == QV_FLOAT32 || precision == QV_BFLOAT16) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "precision %d is unknown", static_cast<int>(precision));
}

namespace {

void pack_float_columns(const PackedMatrix& matrix, const FloatWeights& weights, bool rounded) {
  for (int column = 0; column < matrix.n; column++) {
    pack_float_column(matrix, weights.data + column * weights.ldn, weights.ldk, column, rounded);
  }
  if (weights.bias) memcpy(matrix.bias, weights.bias, sizeof(float) * static_cast<size_t>(matrix.n));
}

}  // namespace

qv_status place_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision, void* memory,
                             PackedMatrix** result) {
  PackedMatrix* matrix = begin_float(table, weights.n, weights.k, precision, memory);
  pack_float_columns(*matrix, weights, precision == QV_BFLOAT16);
  *result = matrix;
  return QV_OK;
}

size_t float_content_bytes(const KernelTable& table, int64_t n, int64_t k, qv_precision precision) {
  const GemmKernel& kernel = float_kernel(table, precision);
  const Layout layout(kernel, n, k, stored_bits(table, kernel, precision == QV_BFLOAT16));
  return layout.total - layout.head;
}

PackedMatrix float_matrix_over(const KernelTable& table, int64_t n, int64_t k, qv_precision precision, void* content) {
  const GemmKernel& kernel = float_kernel(table, precision);
  const int bits = stored_bits(table, kernel, precision == QV_BFLOAT16);
  PackedMatrix matrix = {};
  lay_out(matrix, kernel, n, k, bits, Layout(kernel, n, k, bits), static_cast<char*>(content));
  matrix.epilogue = table.epilogue_f32;
  return matrix;
}

void pack_floats(const PackedMatrix& matrix, const FloatWeights& weights) {
  clear_content(matrix, Layout(*matrix.kernel, matrix.n, matrix.k, matrix.bits));
  pack_float_columns(matrix, weights, matrix.bits == 16 || matrix.kernel->element == 2);
}

PackedMatrix panels_of(const PackedMatrix& matrix, int panel0, int panel1) {
  const int nr = matrix.kernel->nr;
  PackedMatrix part = matrix;
  part.n = (panel1 * nr < matrix.n ? panel1 * nr : matrix.n) - panel0 * nr;
  part.panels = panel1 - panel0;
  part.data += static_cast<size_t>(panel0) * matrix.panel_bytes;
  part.column_sum += panel0 * nr;
  part.scale += panel0 * nr;
  part.bias += panel0 * nr;
  return part;
}

qv_status create_s8_matrix(const KernelTable& table, const S8Weights& weights, PackedMatrix** result) {
  if (!weights.scale) return fail(QV_INVALID_ARGUMENT, "scales of weights are NULL");
  qv_status status = check_sizes(weights.data, weights.n, weights.k);
  if (status == QV_OK) status = check_width(weights);
  if (status != QV_OK) return status;
  void* memory = allocate_weights(packed_bytes(table, weights.n, weights.k, weights.bits));
  if (!memory) return fail(QV_OUT_OF_MEMORY, "no memory for int8 weights");
  PackedMatrix* matrix = begin_s8(table, weights.n, weights.k, weights.bits, weights.levels, memory);
  memcpy(matrix->scale, weights.scale, sizeof(float) * static_cast<size_t>(matrix->n));
  if (weights.bias) memcpy(matrix->bias, weights.bias, sizeof(float) * static_cast<size_t>(matrix->n));
  status = weights.bits == 8 ? pack_bytes(*matrix, weights) : pack_codes(*matrix, weights);
  if (status != QV_OK) {
    release(memory);
    return status;
  }
  *result = matrix;
  return QV_OK;
}

qv_status create_float_matrix(const KernelTable& table, const FloatWeights& weights, qv_precision precision,
                              PackedMatrix** result) {
  const qv_status status = check_sizes(weights.data, weights.n, weights.k);
  if (status != QV_OK) return status;
  const qv_status known = check_precision(precision);
  if (known != QV_OK) return known;
  void* memory = allocate_weights(packed_bytes(table, weights.n, weights.k, precision == QV_BFLOAT16 ? 16 : 32));
  if (!memory) return fail(QV_OUT_OF_MEMORY, "no memory for float weights");
  return place_float_matrix(table, weights, precision, memory, result);
}

namespace {

qv_status check_content(const KernelTable& table, const PackedContent& content) {
  qv_status status = check_sizes(content.data, content.n, content.k);
  if (status == QV_OK && content.bits != 16 && content.bits != 32) {
    S8Weights like{};
    like.bits = content.bits;
    like.levels = content.levels;
    status = check_width(like);
  }
  if (status != QV_OK) return status;
  const auto wanted = static_cast<int64_t>(packed_bytes(table, content.n, content.k, content.bits)) -
                      static_cast<int64_t>(head_bytes(content.bits));
  if (content.bytes == wanted) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "%lld bytes of packed weights, not %lld", static_cast<long long>(content.bytes),
              static_cast<long long>(wanted));
}

}  // namespace

PackedContent content_of(const PackedMatrix& matrix) {
  const auto* begin = reinterpret_cast<const char*>(&matrix);
  return {matrix.data, matrix.bytes - (matrix.data - begin), matrix.n, matrix.k, matrix.bits, matrix.levels};
}

qv_status restore_matrix(const KernelTable& table, const PackedContent& content, PackedMatrix** result) {
  const qv_status status = check_content(table, content);
  if (status != QV_OK) return status;
  void* memory = allocate_weights(packed_bytes(table, content.n, content.k, content.bits));
  if (!memory) return fail(QV_OUT_OF_MEMORY, "no memory for packed weights");
  PackedMatrix* matrix =
      content.bits <= 8 ? begin_s8(table, content.n, content.k, content.bits, content.levels, memory)
                        : begin_float(table, content.n, content.k, content.bits == 16 ? QV_BFLOAT16 : QV_FLOAT32, memory);
  memcpy(matrix->data, content.data, static_cast<size_t>(content.bytes));
  *result = matrix;
  return QV_OK;
}

}  // namespace qv
