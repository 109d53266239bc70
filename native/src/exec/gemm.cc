// Products of a block of rows with packed weights, on one thread. Rows are packed once, as many as stay in the second
// level cache; then every panel of weights meets all of their register tiles.
#include "exec/context.h"
#include "ops/epilogue.h"
#include "ops/gemm_split.h"
#include "ops/packed_matrix.h"

namespace qv {
namespace {

constexpr size_t kTileBytes = 4096;

const PackedMatrix& weights_of(const GemmStep& s) { return *reinterpret_cast<const PackedMatrix*>(s.weights); }

size_t row_bytes(const PackedMatrix& w) { return static_cast<size_t>(w.steps) * static_cast<size_t>(w.kernel->a_step); }

int64_t rows_at_once(const PackedMatrix& w, int64_t block_rows) {
  const int64_t cached = rows_in_cache(row_bytes(w), w.kernel->mr);
  return block_rows < cached ? block_rows : cached;
}

qv_epilogue epilogue_of(const GemmStep& s) {
  qv_epilogue e = {};
  e.activation = static_cast<qv_activation>(s.act);
  e.alpha = static_cast<float>(s.act_alpha);
  e.output = s.out_type == F32 ? QV_OUT_FLOAT32 : QV_OUT_UINT8;
  e.scale = s.out_type == F32 ? 1.0f : static_cast<float>(s.out_scale);
  e.zero = s.out_type == F32 ? 0 : static_cast<int32_t>(s.out_zero);
  return e;
}

// Rows [begin, begin + rows), cut into tiles that differ by one row at most: no small last one.
struct Tiles {
  int64_t begin, rows;
  int count;
  Tiles(int64_t first, int64_t n, int mr) : begin(first), rows(n), count(static_cast<int>((n + mr - 1) / mr)) {}
  int64_t row(int index) const { return begin + even_begin(rows, count, index); }
  int height(int index) const { return static_cast<int>(row(index + 1) - row(index)); }
};

// A thread's memory: one register tile, a panel of weights that were codes, the rows' scales and zero points, the packed
// rows.
struct Memory {
  void* acc;
  char* panel;
  float* scale;
  int32_t* zero;
  char* packed;
};

Memory memory_of(const PackedMatrix& w, char* workspace, int64_t rows) {
  const size_t numbers = line_up(static_cast<size_t>(rows) * sizeof(float));
  char* panel = workspace + kTileBytes;
  char* at = panel + panel_scratch(w);
  return {workspace, panel, reinterpret_cast<float*>(at), reinterpret_cast<int32_t*>(at + numbers), at + 2 * numbers};
}

// Zero points come from memory that anyone may have written: held to a byte, so that the sums cannot overflow.
int32_t byte_of(int32_t zero) { return zero < 0 ? 0 : zero > 255 ? 255 : zero; }

void read_scales(const GemmStep& s, const Context& c, int64_t r0, int64_t rows, const Memory& m) {
  if (s.a_type == F32) return;
  if (s.a_type == U8_ROWS) {
    const auto* scale = c.at<const float>(s.a_scales, r0, sizeof(float));
    const auto* zero = c.at<const int32_t>(s.a_zeros, r0, sizeof(int32_t));
    for (int64_t i = 0; i < rows; i++) {
      m.scale[i] = scale[i];
      m.zero[i] = byte_of(zero[i]);
    }
    return;
  }
  const auto* scale = c.optional<const float>(s.a_scales);
  const auto* zero = c.optional<const int32_t>(s.a_zeros);
  m.scale[0] = scale ? *scale : static_cast<float>(s.a_scale);
  m.zero[0] = byte_of(zero ? *zero : static_cast<int32_t>(s.a_zero));
}

struct Block {
  const GemmStep& s;
  const Context& c;
  const PackedMatrix& w;
  const Tiles& tiles;
  const Memory& memory;
  EpilogueTile common;
};

// Bytes from row to row of the activations.
int64_t stride_of(const GemmStep& s) { return s.a_type == F32 ? s.a_ld * 4 : s.a_ld; }

void pack(const Block& b) {
  const auto pack_a = b.s.a_type == F32 ? b.w.pack_floats : b.w.pack_a;
  const int64_t stride = stride_of(b.s);
  for (int t = 0; t < b.tiles.count; t++) {
    const int64_t row = b.tiles.row(t);
    pack_a(b.c.at<const char>(b.s.a, row, stride), stride, b.tiles.height(t), b.w.k,
           b.memory.packed + static_cast<size_t>(row - b.tiles.begin) * row_bytes(b.w));
  }
}

int columns_of(const Block& b, int panel) {
  const int left = b.w.n - panel * b.w.kernel->nr;
  return left < b.w.kernel->nr ? left : b.w.kernel->nr;
}

// The lines that a tile will write are fetched while it is computed: with rows kilobytes apart every one of them misses.
void fetch_lines(const char* at, int64_t stride, int rows, int64_t bytes) {
  for (int r = 0; r < rows; r++, at += stride) {
    for (int64_t i = 0; i < bytes; i += static_cast<int64_t>(kLine)) __builtin_prefetch(at + i, 1, 3);
    __builtin_prefetch(at + bytes - 1, 1, 3);
  }
}

void fetch_output(const Block& b, int panel, int64_t row, int rows) {
  const int64_t size = b.s.out_type == F32 ? 4 : 1, col = panel * b.w.kernel->nr, cols = columns_of(b, panel);
  fetch_lines(b.c.at<const char>(b.s.out, row, b.s.out_ld * size) + col * size, b.s.out_ld * size, rows, cols * size);
  if (b.s.residual == NONE || b.s.residual == b.s.out) return;
  fetch_lines(b.c.at<const char>(b.s.residual, row, b.s.residual_ld * 4) + col * 4, b.s.residual_ld * 4, rows, cols * 4);
}

void finish(const Block& b, int panel, int64_t row, int rows) {
  const int col = panel * b.w.kernel->nr;
  EpilogueTile tile = b.common;
  tile.rows = rows;
  tile.cols = columns_of(b, panel);
  tile.column_sum = b.w.column_sum + col;
  tile.column_scale = b.w.scale + col;
  tile.bias = b.w.bias + col;
  tile.row_scale = b.memory.scale + (row - b.tiles.begin) * tile.row_step;
  tile.row_zero = b.memory.zero + (row - b.tiles.begin) * tile.row_step;
  const int64_t size = b.s.out_type == F32 ? 4 : 1;
  tile.out = b.c.at<char>(b.s.out, row, b.s.out_ld * size) + col * size;
  if (b.s.residual != NONE) tile.residual = b.c.at<const float>(b.s.residual, row, b.s.residual_ld * 4) + col;
  b.w.epilogue(&tile);
}

void multiply(const Block& b, int panel0, int panel1) {
  const GemmKernel& kernel = *b.w.kernel;
  for (int panel = panel0; panel < panel1; panel++) {
    const char* weights = open_panel(b.w, panel, b.memory.panel);
    for (int t = 0; t < b.tiles.count; t++) {
      const int64_t row = b.tiles.row(t);
      const char* packed = b.memory.packed + static_cast<size_t>(row - b.tiles.begin) * row_bytes(b.w);
      fetch_output(b, panel, row, b.tiles.height(t));
      kernel.tile(b.tiles.height(t), b.w.steps, packed, weights, b.memory.acc);
      finish(b, panel, row, b.tiles.height(t));
    }
  }
}

}  // namespace

void weights_shape(const void* weights, int64_t, int64_t* k, int64_t* n) {
  const auto& w = *static_cast<const PackedMatrix*>(weights);
  *k = w.k;
  *n = w.n;
}

int gemm_panel_count(const GemmStep& s) { return weights_of(s).panels; }

size_t gemm_workspace(const GemmStep& s, int64_t block_rows) {
  const PackedMatrix& w = weights_of(s);
  const auto rows = static_cast<size_t>(rows_at_once(w, block_rows));
  return kTileBytes + panel_scratch(w) + 2 * line_up(rows * sizeof(float)) + line_up(rows * row_bytes(w) + kPackSlack);
}

void gemm_panels(const GemmStep& s, const Context& c, int64_t r0, int64_t r1, int panel0, int panel1) {
  const PackedMatrix& w = weights_of(s);
  const int64_t most = rows_at_once(w, r1 - r0);
  const auto blocks = static_cast<int>((r1 - r0 + most - 1) / most);
  const Memory memory = memory_of(w, c.workspace, most);
  EpilogueTile common = {};
  begin_tile(epilogue_of(s), s.out_ld, &common);
  common.ldr = s.residual_ld;
  common.acc = memory.acc;
  common.ld = w.kernel->nr;
  common.row_step = s.a_type == U8_ROWS ? 1 : 0;
  for (int i = 0; i < blocks; i++) {
    const int64_t first = r0 + even_begin(r1 - r0, blocks, i), end = r0 + even_begin(r1 - r0, blocks, i + 1);
    const Tiles tiles(first, end - first, w.kernel->mr);
    const Block block = {s, c, w, tiles, memory, common};
    read_scales(s, c, first, end - first, memory);
    pack(block);
    multiply(block, panel0, panel1);
  }
}

void gemm_rows(const GemmStep& s, const Context& c, int64_t r0, int64_t r1) {
  gemm_panels(s, c, r0, r1, 0, gemm_panel_count(s));
}

}  // namespace qv
