// Loop order, from outside: blocks of rows that fit the second level cache once packed, panels of weights, register tiles.
// Each byte of weights is thus fetched once a block and used by all its tiles.
#include "ops/qgemm.h"

#include "memory/error.h"
#include "memory/memory.h"
#include "ops/epilogue.h"
#include "ops/gemm_split.h"

namespace qv {
namespace {

struct Call {
  const qv_u8_rows& a;
  const qv_s8_matrix& w;
  const qv_epilogue& epilogue;
  void* out;
  GemmGrid grid;
  EpilogueTile tile;    // what all tiles have in common
  int64_t block_rows;
  size_t row_bytes;     // of packed activations
};

constexpr size_t kTileBytes = 4096;
constexpr size_t kMostTile = kTileBytes / sizeof(int32_t);

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
    call.w.kernel->pack_a(call.a.data + tiles.row(t) * call.a.lda, call.a.lda, tiles.height(t), call.w.k, to);
  }
}

void finish_tile(const Call& call, int panel, int64_t row, int rows, const int32_t* acc) {
  const qv_s8_matrix& w = call.w;
  const int col = panel * w.kernel->nr;
  EpilogueTile tile = call.tile;
  tile.acc = acc;
  tile.rows = rows;
  tile.cols = w.n - col < w.kernel->nr ? w.n - col : w.kernel->nr;
  tile.column_sum = w.column_sum + col;
  tile.column_scale = w.scale + col;
  tile.bias = w.bias + col;
  tile.row_scale = call.a.scale + row * tile.row_step;
  tile.row_zero = call.a.zero + row * tile.row_step;
  place_tile(call.epilogue, call.out, row, col, &tile);
  w.epilogue(&tile);
}

void multiply_block(const Call& call, const Tiles& tiles, int panel_begin, int panel_end, char* scratch) {
  const QgemmKernel& kernel = *call.w.kernel;
  auto* acc = reinterpret_cast<int32_t*>(scratch);
  char* packed = scratch + kTileBytes;
  pack_block(call, tiles, packed);
  const size_t panel_bytes = static_cast<size_t>(call.w.steps) * static_cast<size_t>(kernel.nr * kernel.ku);
  for (int panel = panel_begin; panel < panel_end; panel++) {
    const int8_t* b = call.w.data + static_cast<size_t>(panel) * panel_bytes;
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

qv_status check(const qv_u8_rows& a) {
  if (!a.data || !a.scale || !a.zero) return fail(QV_INVALID_ARGUMENT, "activations, their scale or zero point are NULL");
  if (a.m < 0 || a.m > INT32_MAX || a.lda < 0) {
    return fail(QV_INVALID_ARGUMENT, "%lld rows of activations every %lld bytes", static_cast<long long>(a.m),
                static_cast<long long>(a.lda));
  }
  for (int64_t i = 0; i < (a.per_row ? a.m : 1); i++) {
    if (a.zero[i] < 0 || a.zero[i] > 255) {
      return fail(QV_INVALID_ARGUMENT, "zero point %d of row %lld, not 0..255", a.zero[i], static_cast<long long>(i));
    }
  }
  return QV_OK;
}

}  // namespace

qv_status qgemm_u8s8(Turn& turn, const qv_u8_rows& a, const qv_s8_matrix& w, const qv_epilogue& epilogue, void* out,
                     int64_t ldc) {
  qv_status status = check(a);
  if (status == QV_OK) status = check_epilogue(epilogue, out, ldc, w.n);
  if (status != QV_OK || a.m == 0) return status;
  const QgemmKernel& kernel = *w.kernel;
  static_assert(kMostTile >= 14 * 32, "the largest register tile fits");
  Call call = {a, w, epilogue, out, gemm_grid(a.m, kernel.mr, w.panels, turn.threads()), {}, 0, 0};
  begin_tile(epilogue, ldc, &call.tile);
  call.tile.ld = kernel.nr;
  call.tile.row_step = a.per_row ? 1 : 0;
  call.row_bytes = static_cast<size_t>(w.steps) * static_cast<size_t>(kernel.a_step);
  call.block_rows = rows_in_cache(call.row_bytes, kernel.mr);
  const int64_t part_rows = (a.m + call.grid.rows - 1) / call.grid.rows;
  const int64_t rows = (part_rows < call.block_rows ? part_rows : call.block_rows);
  const size_t scratch = kTileBytes + static_cast<size_t>(rows) * call.row_bytes + kPackSlack;
  return turn.parallel_for(call.grid.rows * call.grid.columns, scratch, run_share, &call);
}

}  // namespace qv
