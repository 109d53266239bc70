// Loop order, from outside: blocks of rows that fit the second level cache once packed, panels of weights, register tiles.
// Each byte of weights is thus fetched once a block and used by all its tiles.
#include "ops/gemm.h"

#include "memory/error.h"
#include "memory/memory.h"
#include "ops/epilogue.h"
#include "ops/gemm_split.h"

namespace qv {
namespace {

// Activations of any type; scale and zero of uint8 only.
struct Rows {
  const char* data;
  int64_t m;
  ptrdiff_t lda;  // bytes
  void (*pack)(const void* a, ptrdiff_t lda_bytes, int rows, int k, void* packed);
  const float* scale;
  const int32_t* zero;
  int step;  // 0: one scale and zero point, 1: one a row
};

struct Call {
  Rows a;
  const PackedMatrix& w;
  const qv_epilogue& epilogue;
  void* out;
  GemmGrid grid;
  EpilogueTile tile;  // what all tiles have in common
  int64_t block_rows;
  size_t row_bytes;  // of packed activations
};

constexpr size_t kTileBytes = 4096;

// Rows [begin, end), cut into tiles that differ by one row at most: no small last one.
struct Tiles {
  int64_t begin, rows;
  int count;
  Tiles(int64_t first, int64_t end, int mr)
      : begin(first), rows(end - first), count(static_cast<int>((end - first + mr - 1) / mr)) {}
  int64_t row(int index) const { return begin + even_begin(rows, count, index); }
  int height(int index) const { return static_cast<int>(row(index + 1) - row(index)); }
};

void pack_block(const Call& call, const Tiles& tiles, char* packed) {
  for (int t = 0; t < tiles.count; t++) {
    char* to = packed + static_cast<size_t>(tiles.row(t) - tiles.begin) * call.row_bytes;
    call.a.pack(call.a.data + tiles.row(t) * call.a.lda, call.a.lda, tiles.height(t), call.w.k, to);
  }
}

void finish_tile(const Call& call, int panel, int64_t row, int rows, const void* acc) {
  const PackedMatrix& w = call.w;
  const int col = panel * w.kernel->nr;
  EpilogueTile tile = call.tile;
  tile.acc = acc;
  tile.rows = rows;
  tile.cols = w.n - col < w.kernel->nr ? w.n - col : w.kernel->nr;
  tile.column_sum = w.column_sum + col;
  tile.column_scale = w.scale + col;
  tile.bias = w.bias + col;
  if (call.a.scale) {
    tile.row_scale = call.a.scale + row * tile.row_step;
    tile.row_zero = call.a.zero + row * tile.row_step;
  }
  place_tile(call.epilogue, call.out, row, col, &tile);
  w.epilogue(&tile);
}

void multiply_block(const Call& call, const Tiles& tiles, int panel_begin, int panel_end, char* scratch) {
  const GemmKernel& kernel = *call.w.kernel;
  void* acc = scratch;
  char* panel_memory = scratch + kTileBytes;
  char* packed = panel_memory + panel_scratch(call.w);
  pack_block(call, tiles, packed);
  for (int panel = panel_begin; panel < panel_end; panel++) {
    const char* b = open_panel(call.w, panel, panel_memory);
    for (int t = 0; t < tiles.count; t++) {
      const int64_t row = tiles.row(t);
      kernel.tile(tiles.height(t), call.w.steps, packed + static_cast<size_t>(row - tiles.begin) * call.row_bytes, b, acc);
      finish_tile(call, panel, row, tiles.height(t), acc);
    }
  }
}

void run_part(const Call& call, int part, char* scratch) {
  const GemmGrid& grid = call.grid;
  const int64_t row_begin = even_begin(call.a.m, grid.rows, part / grid.columns);
  const int64_t row_end = even_begin(call.a.m, grid.rows, part / grid.columns + 1);
  const auto panel_begin = static_cast<int>(even_begin(call.w.panels, grid.columns, part % grid.columns));
  const auto panel_end = static_cast<int>(even_begin(call.w.panels, grid.columns, part % grid.columns + 1));
  const int64_t rows = row_end - row_begin;
  const auto blocks = static_cast<int>((rows + call.block_rows - 1) / call.block_rows);
  for (int b = 0; b < blocks; b++) {
    const Tiles tiles(row_begin + even_begin(rows, blocks, b), row_begin + even_begin(rows, blocks, b + 1),
                      call.w.kernel->mr);
    multiply_block(call, tiles, panel_begin, panel_end, scratch);
  }
}

void run_share(void* context, int begin, int end, int, void* scratch) {
  const Call& call = *static_cast<const Call*>(context);
  for (int part = begin; part < end; part++) run_part(call, part, static_cast<char*>(scratch));
}

qv_status check_rows(const void* data, int64_t m, int64_t lda) {
  if (!data) return fail(QV_INVALID_ARGUMENT, "activations are NULL");
  if (m >= 0 && m <= INT32_MAX && lda >= 0) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "%lld rows of activations every %lld elements", static_cast<long long>(m),
              static_cast<long long>(lda));
}

qv_status check(const qv_u8_rows& a) {
  if (!a.scale || !a.zero) return fail(QV_INVALID_ARGUMENT, "scale or zero point of activations is NULL");
  const qv_status status = check_rows(a.data, a.m, a.lda);
  for (int64_t i = 0; status == QV_OK && i < (a.per_row ? a.m : 1); i++) {
    if (a.zero[i] < 0 || a.zero[i] > 255) {
      return fail(QV_INVALID_ARGUMENT, "zero point %d of row %lld, not 0..255", a.zero[i], static_cast<long long>(i));
    }
  }
  return status;
}

qv_status check(const qv_float_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue) {
  if (epilogue.output == QV_OUT_INT32) return fail(QV_INVALID_ARGUMENT, "float products have no int32 output");
  const bool floats = a.precision == QV_FLOAT32 && w.pack_floats;
  if (!floats && (a.precision != QV_BFLOAT16 || w.a_element != 2)) {
    return fail(QV_INVALID_ARGUMENT, "activations of precision %d do not go with these weights", a.precision);
  }
  return check_rows(a.data, a.m, a.lda);
}

Rows rows_of(const qv_u8_rows& a, const PackedMatrix& w) {
  return {reinterpret_cast<const char*>(a.data), a.m, a.lda, w.pack_a, a.scale, a.zero, a.per_row ? 1 : 0};
}

Rows rows_of(const qv_float_rows& a, const PackedMatrix& w) {
  const bool floats = a.precision == QV_FLOAT32;
  return {static_cast<const char*>(a.data), a.m, a.lda * (floats ? 4 : 2), floats ? w.pack_floats : w.pack_a,
          nullptr, nullptr, 0};
}

Call prepare(const Rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc, int threads) {
  Call call = {a, w, epilogue, out, gemm_grid(a.m, w.kernel->mr, w.panels, threads), {}, 0, 0};
  begin_tile(epilogue, ldc, &call.tile);
  call.tile.ld = w.kernel->nr;
  call.tile.row_step = a.step;
  call.row_bytes = static_cast<size_t>(w.steps) * static_cast<size_t>(w.kernel->a_step);
  call.block_rows = rows_in_cache(call.row_bytes, w.kernel->mr);
  return call;
}

size_t scratch_bytes(int64_t part_rows, const PackedMatrix& w) {
  const size_t row_bytes = static_cast<size_t>(w.steps) * static_cast<size_t>(w.kernel->a_step);
  const int64_t block = rows_in_cache(row_bytes, w.kernel->mr);
  return kTileBytes + panel_scratch(w) + static_cast<size_t>(part_rows < block ? part_rows : block) * row_bytes + kPackSlack;
}

qv_status run(Turn& turn, const Rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc) {
  if (a.m == 0) return QV_OK;
  Call call = prepare(a, w, epilogue, out, ldc, turn.threads());
  const int64_t part_rows = (a.m + call.grid.rows - 1) / call.grid.rows;
  return turn.parallel_for(call.grid.rows * call.grid.columns, scratch_bytes(part_rows, w), run_share, &call);
}

}  // namespace

qv_status qgemm_u8s8(Turn& turn, const qv_u8_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out,
                     int64_t ldc) {
  qv_status status = check(a);
  if (status == QV_OK) status = check_epilogue(epilogue, out, ldc, w.n);
  return status == QV_OK ? run(turn, rows_of(a, w), w, epilogue, out, ldc) : status;
}

qv_status fgemm(Turn& turn, const qv_float_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out,
                int64_t ldc) {
  qv_status status = check(a, w, epilogue);
  if (status == QV_OK) status = check_epilogue(epilogue, out, ldc, w.n);
  return status == QV_OK ? run(turn, rows_of(a, w), w, epilogue, out, ldc) : status;
}

size_t gemm_scratch(int64_t m, const PackedMatrix& w) { return scratch_bytes(m, w); }

void qgemm_on_worker(const qv_u8_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc,
                     void* scratch) {
  Call call = prepare(rows_of(a, w), w, epilogue, out, ldc, 1);
  run_share(&call, 0, 1, 0, scratch);
}

void fgemm_on_worker(const qv_float_rows& a, const PackedMatrix& w, const qv_epilogue& epilogue, void* out, int64_t ldc,
                     void* scratch) {
  Call call = prepare(rows_of(a, w), w, epilogue, out, ldc, 1);
  run_share(&call, 0, 1, 0, scratch);
}

}  // namespace qv
