// The loops run, from outside, over blocks of rows that fit the second level cache once packed, panels of weights, and
// register tiles. So each byte of weights is fetched once per block and used by all its tiles.
#include "ops/gemm.h"

#include "memory/memory.h"

namespace qv {
namespace {

constexpr size_t kTileBytes = 4096;
constexpr int64_t kLine = 64;
// Half of a common second level cache; the other half is left to weights and output.
constexpr size_t kRowBlockBytes = 512 * 1024;

size_t row_bytes(const PackedMatrix& w) { return static_cast<size_t>(w.steps) * static_cast<size_t>(w.kernel->a_step); }

// Returns the number of rows that are packed at a time.
int64_t rows_at_once(const PackedMatrix& w, int64_t rows) {
  const int mr = w.kernel->mr;
  const auto tiles = static_cast<int64_t>(kRowBlockBytes / (row_bytes(w) * static_cast<size_t>(mr)));
  const int64_t cached = (tiles > 1 ? tiles : 1) * mr;
  return rows < cached ? rows : cached;
}

// Returns the begin of share number `index` of `parts` even shares of 0..total.
int64_t even_begin(int64_t total, int parts, int64_t index) { return total * index / parts; }

int32_t byte_of(int32_t zero) { return zero < 0 ? 0 : zero > 255 ? 255 : zero; }

// A thread's memory: one register tile, a panel of unpacked weights, the rows' scales and zero points, the packed rows.
struct Memory {
  void* acc;
  char* panel;
  float* scale;
  int32_t* zero;
  char* packed;

  Memory(const PackedMatrix& w, char* scratch, int64_t rows)
      : acc(scratch), panel(scratch + kTileBytes), scale(reinterpret_cast<float*>(panel + panel_scratch(w))) {
    const size_t numbers = round_up(static_cast<size_t>(rows) * sizeof(float), kAlignment);
    zero = reinterpret_cast<int32_t*>(reinterpret_cast<char*>(scale) + numbers);
    packed = reinterpret_cast<char*>(zero) + numbers;
  }
};

// Rows [begin, begin + rows), cut into tiles that differ by one row at most, so that the last one is not small.
struct Block {
  const GemmCall& call;
  const PackedMatrix& w;
  const Memory& memory;
  int64_t begin, rows;
  int tiles;

  int64_t row(int tile) const { return begin + even_begin(rows, tiles, tile); }
  int height(int tile) const { return static_cast<int>(row(tile + 1) - row(tile)); }
  char* packed(int tile) const { return memory.packed + static_cast<size_t>(row(tile) - begin) * row_bytes(w); }
};

int64_t output_bytes(const GemmCall& call) { return call.output == QV_OUT_UINT8 ? 1 : 4; }

EpilogueTile common_tile(const GemmCall& call, const PackedMatrix& w, const Memory& memory) {
  EpilogueTile tile = {};
  tile.acc = memory.acc;
  tile.ld = w.kernel->nr;
  tile.row_step = call.per_row ? 1 : 0;
  tile.ldr = call.ldr;
  tile.mul = call.mul;
  tile.ldc = call.ldc;
  tile.activation = call.activation;
  tile.alpha = call.alpha;
  tile.output = call.output;
  tile.inverse_scale = 1.0f / call.out_scale;
  tile.zero = call.out_zero;
  return tile;
}

void read_scales(const Block& b) {
  if (!b.call.scale) return;
  const int64_t first = b.call.per_row ? b.begin : 0, count = b.call.per_row ? b.rows : 1;
  for (int64_t i = 0; i < count; i++) {
    b.memory.scale[i] = b.call.scale[first + i];
    b.memory.zero[i] = byte_of(b.call.zero[first + i]) - b.w.kernel->taken_off;
  }
}

void pack(const Block& b) {
  for (int t = 0; t < b.tiles; t++) {
    const char* from = static_cast<const char*>(b.call.a) + b.row(t) * b.call.a_stride;
    b.w.kernel->pack_a(from, b.call.a_stride, b.height(t), b.w.k, b.packed(t));
  }
}

// Prefetches the cache lines that a tile will write while it is computed, because with rows that are kilobytes apart
// each of them would miss the cache.
void fetch_lines(const char* at, int64_t stride, int rows, int64_t bytes) {
  for (int r = 0; r < rows; r++, at += stride) {
    for (int64_t i = 0; i < bytes; i += kLine) __builtin_prefetch(at + i, 1, 3);
    __builtin_prefetch(at + bytes - 1, 1, 3);
  }
}

void fetch_output(const GemmCall& call, const EpilogueTile& tile) {
  const int64_t size = output_bytes(call);
  fetch_lines(static_cast<const char*>(tile.out), call.ldc * size, tile.rows, tile.cols * size);
  if (!call.residual || call.residual == call.out) return;
  fetch_lines(reinterpret_cast<const char*>(tile.residual), call.ldr * 4, tile.rows, tile.cols * 4);
}

// Sets the pointers of a tile to its rows; those to its columns are set already.
void place_rows(const Block& b, int index, int col, EpilogueTile* tile) {
  const int64_t row = b.row(index);
  tile->rows = b.height(index);
  tile->row_scale = b.memory.scale + (row - b.begin) * tile->row_step;
  tile->row_zero = b.memory.zero + (row - b.begin) * tile->row_step;
  tile->out = static_cast<char*>(b.call.out) + (row * b.call.ldc + col) * output_bytes(b.call);
  tile->residual = b.call.residual ? b.call.residual + row * b.call.ldr + col : nullptr;
}

void multiply_panel(const Block& b, int panel, EpilogueTile tile) {
  const int nr = b.w.kernel->nr, col = panel * nr;
  tile.cols = b.w.n - col < nr ? b.w.n - col : nr;
  tile.column_sum = b.w.column_sum + col;
  tile.column_scale = b.w.scale + col;
  tile.bias = b.w.bias + col;
  const char* weights = open_panel(b.w, panel, b.memory.panel);
  for (int t = 0; t < b.tiles; t++) {
    place_rows(b, t, col, &tile);
    fetch_output(b.call, tile);
    b.w.kernel->tile(tile.rows, b.w.steps, b.packed(t), weights, b.memory.acc);
    b.w.epilogue(&tile);
  }
}

}  // namespace

size_t gemm_scratch(const PackedMatrix& w, int64_t rows) {
  const auto most = static_cast<size_t>(rows_at_once(w, rows));
  return kTileBytes + panel_scratch(w) + 2 * round_up(most * sizeof(float), kAlignment) +
         round_up(most * row_bytes(w) + kPackSlack, kAlignment);
}

void gemm(const GemmCall& call, const PackedMatrix& w, int64_t rows, int panel0, int panel1, char* scratch) {
  if (rows == 0) return;
  const int64_t most = rows_at_once(w, rows);
  const auto blocks = static_cast<int>((rows + most - 1) / most);
  const Memory memory(w, scratch, most);
  const EpilogueTile tile = common_tile(call, w, memory);
  for (int i = 0; i < blocks; i++) {
    const int64_t begin = even_begin(rows, blocks, i), count = even_begin(rows, blocks, i + 1) - begin;
    const Block block = {call, w, memory, begin, count, static_cast<int>((count + w.kernel->mr - 1) / w.kernel->mr)};
    read_scales(block);
    pack(block);
    for (int panel = panel0; panel < panel1; panel++) multiply_panel(block, panel, tile);
  }
}

}  // namespace qv
