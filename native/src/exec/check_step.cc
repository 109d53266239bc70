// Checks the fields of each operator before the step may ever run.
#include <initializer_list>

#include "exec/attention_choice.h"
#include "exec/check.h"
#include "exec/context.h"
#include "exec/positions.h"

namespace qv {
namespace {

// The most columns of a row. A number of rows is limited too: one above the bytes of the arena is a mistake, and the
// step would run for ever.
constexpr int64_t kMostColumns = INT64_C(1) << 24;

void check_rows(Check& check, int64_t rows, int64_t n) {
  const int64_t most = check.arena_bytes() < INT32_MAX ? check.arena_bytes() : INT32_MAX;
  check.between("rows", rows, 0, most);
  check.between("n", n, 1, kMostColumns);  // if there are no rows, no place limits n, but memory for a row is taken
}

// Checks an activation that takes no slope.
void check_act(Check& check, int64_t act) {
  check.between("activation", act, ACT_NONE, ACT_COUNT - 1);
  if (act == ACT_LEAKY_RELU) check.fail("leaky relu has no slope here");
}

template <class S>
void check_bytes_out(Check& check, const S& s, bool may_float) {
  check.between("output type", s.out_type, may_float ? F32 : U8, U8_ROWS);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, s.out_type == F32 ? 4 : 1);
  if (s.out_type == U8) check.quant("out", s.out_scale, s.out_zero);
  if (s.out_type != U8_ROWS) return;
  check.column("out scales", s.out_scales, s.rows);
  check.column("out zeros", s.out_zeros, s.rows);
}

void check_fields(Check& check, const GemmStep& s) {
  check_rows(check, s.rows, s.n);
  check.between("k", s.k, 1, INT32_MAX);
  check.between("kind of weights", s.weights_kind, 0, 2);
  check.between("input type", s.a_type, F32, U8_ROWS);
  check.between("activation", s.act, ACT_NONE, ACT_SILU);
  check.between("output type", s.out_type, F32, U8);
  check.finite("slope", s.act_alpha);
  if ((s.weights_kind == 0) == (s.a_type == F32)) check.fail("int8 weights take bytes, other weights take floats");
  check.rows("a", s.a, s.rows, s.k, s.a_ld, s.a_type == F32 ? 4 : 1);
  if (s.a_type == U8_ROWS) {
    check.column("a scales", s.a_scales, s.rows);
    check.column("a zeros", s.a_zeros, s.rows);
  } else if (s.a_type == U8) {
    if (s.a_scales != NONE || s.a_zeros != NONE) {
      check.span("a scale", s.a_scales, 0, 0, 4);
      check.span("a zero", s.a_zeros, 0, 0, 4);
    } else {
      check.quant("a", s.a_scale, s.a_zero);
    }
  }
  check.finite("mul", s.mul);
  if (s.residual == NONE && s.mul != 1) check.fail("a product without a residual is multiplied by %g", s.mul);
  if (s.residual != NONE) check.rows("residual", s.residual, s.rows, s.n, s.residual_ld, 4);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, s.out_type == F32 ? 4 : 1);
  if (s.out_type == U8) check.quant("out", s.out_scale, s.out_zero);
  check.weights(s.weights, s.weights_kind, s.k, s.n);
}

void check_fields(Check& check, const NormRowsStep& s) {
  check_rows(check, s.rows, s.n);
  check_act(check, s.act);
  check.finite("eps", s.eps);
  if (s.eps < 0) check.fail("eps is %g", s.eps);
  check.rows("in", s.in, s.rows, s.n, s.in_ld, 4);
  check.floats("gamma", s.gamma, s.n, true);
  check.floats("beta", s.beta, s.n, true);
  check_bytes_out(check, s, true);
}

void check_fields(Check& check, const QuantizeRowsStep& s) {
  check_rows(check, s.rows, s.n);
  check_act(check, s.act);
  check.rows("in", s.in, s.rows, s.n, s.in_ld, 4);
  check_bytes_out(check, s, false);
}

void check_fields(Check& check, const UnaryStep& s) {
  check_rows(check, s.rows, s.n);
  check.between("activation", s.act, ACT_NONE, ACT_COUNT - 1);
  check.rows("in", s.in, s.rows, s.n, s.in_ld, 4);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, 4);
}

void check_fields(Check& check, const GluStep& s) {
  check_rows(check, s.rows, s.n);
  if (!check.ok()) return;
  check.rows("in", s.in, s.rows, 2 * s.n, s.in_ld, 4);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, 4);
}

void check_fields(Check& check, const SoftmaxRowsStep& s) {
  check_rows(check, s.rows, s.n);
  check.between("log", s.log, 0, 1);
  check.rows("in", s.in, s.rows, s.n, s.in_ld, 4);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, 4);
}

void check_fields(Check& check, const ReduceRowsStep& s) {
  check_rows(check, s.rows, s.n);
  check.between("reduction", s.op, SUM, MINIMUM);
  check.rows("in", s.in, s.rows, s.n, s.in_ld, 4);
  check.column("out", s.out, s.rows);
}

void check_fields(Check& check, const GatherStep& s) {
  check_rows(check, s.rows, s.n);
  check.between("entries", s.entries, 1, INT32_MAX);
  check.column("index", s.index, s.rows);
  check.floats("table", s.table, static_cast<__int128>(s.entries) * s.n, false);
  check.out_rows("out", s.out, s.rows, s.n, s.out_ld, 4);
}

void check_fields(Check& check, const DepthwiseStep& s) {
  check.between("width", s.width, 1, kMostColumns);
  check.between("channels", s.channels, 1, kMostColumns);
  for (const int64_t taps : {s.taps, s.taps_w}) check.between("taps", taps, 1, kMostColumns);
  for (const int64_t step : {s.stride, s.stride_w, s.dilation, s.dilation_w}) check.between("step", step, 1, kMostColumns);
  for (const int64_t pad : {s.pad, s.pad_w}) check.between("padding", pad, 0, kMostColumns);
  for (const int64_t size : {s.in_rows, s.in_width, s.in_ld, s.in_col}) check.between("input", size, 0, INT32_MAX);
  check_act(check, s.act);
  if (!check.ok()) return;
  check_rows(check, s.rows, s.width * s.channels);
  check.floats("weights", s.weights, static_cast<__int128>(s.taps) * s.taps_w * s.channels, false);
  check.floats("bias", s.bias, s.channels, true);
  if (!check.ok()) return;
  if (s.in_rows > 0 && s.in_width > 0) {
    const __int128 last = static_cast<__int128>(s.in_rows - 1) * s.in_ld + static_cast<__int128>(s.in_width - 1) * s.in_col;
    check.span("in", s.in, 0, last + s.channels - 1, 4);
  } else {
    check.span("in", s.in, 0, -1, 4);
  }
  check.out_rows("out", s.out, s.rows, s.width * s.channels, s.out_ld, 4);
}

// Checks a packed matrix or more of them: the kernels load their panels from aligned addresses.
void check_packed(Check& check, const char* what, Place place, int64_t count, int64_t head, int64_t n, int64_t k, bool exact) {
  check.between("columns of a packed matrix", n, 1, kMostPacked);
  check.between("depth of a packed matrix", k, 1, kMostPacked);
  check.between("exact", exact, 0, 1);
  check.between("bytes from matrix to matrix", head, 0, check.arena_bytes());
  if (!check.ok()) return;
  if (place < 0 || (place >> SLOT_SHIFT) != 0 || place % kLine != 0 || head % kLine != 0) {
    return check.fail("%s is not aligned in the arena", what);
  }
  const auto bytes = static_cast<__int128>(positions_bytes(check.table(), n, k, exact));
  if (count > 1 && head < bytes) return check.fail("%s: packed matrices of %lld bytes overlap", what, static_cast<long long>(bytes));
  check.span(what, place, 0, static_cast<__int128>(count - 1) * head + bytes - 1, 1);
}

void check_positions(Check& check, const AttentionStep& s) {
  if (s.pos == NONE) return;
  if (s.mask != NONE) return check.fail("positions take the place of a mask");
  check_packed(check, "positions", s.pos, s.heads, s.pos_head, s.pos_n, s.d, s.exact == 1);
  if (!check.ok()) return;  // below, differences of these numbers are taken
  check.finite("factor of positions", s.pos_scale);
  check.between("first position", s.pos_first, s.rows > 0 ? s.rows - 1 : 0, s.pos_n - s.keys);
  for (const int64_t stride : {s.pos_q_ld, s.pos_q_head, s.pos_add_head}) check.between("stride", stride, 0, check.arena_floats());
  if (!check.ok()) return;
  const __int128 heads = s.heads - 1;
  if (s.pos_add != NONE) check.span("numbers added to queries", s.pos_add, 0, heads * s.pos_add_head + s.d - 1, 4);
  if (s.rows == 0) return;
  check.span("queries of positions", s.pos_q, 0, heads * s.pos_q_head + static_cast<__int128>(s.rows - 1) * s.pos_q_ld + s.d - 1, 4);
}

void check_fields(Check& check, const AttentionStep& s) {
  check_rows(check, s.rows, s.d);
  check.between("heads", s.heads, 1, check.arena_floats());
  check.between("keys", s.keys, 1, check.arena_floats());
  check.between("d", s.d, 1, check.arena_floats());
  check.finite("scale", s.scale);
  for (const int64_t ld : {s.q_ld, s.k_ld, s.v_ld, s.out_ld}) check.between("row stride", ld, s.d, check.arena_floats());
  for (const int64_t head : {s.q_head, s.k_head, s.v_head}) check.between("head stride", head, 0, check.arena_floats());
  check.between("row stride of the mask", s.mask_ld, 0, check.arena_floats());
  check.between("head stride of the mask", s.mask_head, 0, check.arena_floats());
  check.between("exact", s.exact, 0, 2);
  check.between("banded", s.banded, 0, 1);
  check.between("keys before", s.before, -1, INT32_MAX);
  check.between("keys after", s.after, -1, INT32_MAX);
  check.between("shift", s.shift, -INT32_MAX, INT32_MAX);
  check.between("global keys", s.global, 0, s.keys);
  check.between("head stride of out", s.out_head, s.heads > 1 ? s.d : 0, check.arena_floats());
  if (!check.ok()) return;
  check_positions(check, s);
  const auto reach = [&](int64_t rows, int64_t ld, int64_t head) {
    return static_cast<__int128>(s.heads - 1) * head + static_cast<__int128>(rows - 1) * ld + s.d - 1;
  };
  check.span("k", s.k, 0, reach(s.keys, s.k_ld, s.k_head), 4);
  check.span("v", s.v, 0, reach(s.keys, s.v_ld, s.v_head), 4);
  if (s.mask != NONE) {
    const __int128 rows = static_cast<__int128>(s.rows > 0 ? s.rows - 1 : 0) * s.mask_ld;
    check.span("mask", s.mask, 0, static_cast<__int128>(s.heads - 1) * s.mask_head + rows + s.keys - 1, 4);
  }
  if (s.rows == 0) return;
  check.span("q", s.q, 0, reach(s.rows, s.q_ld, s.q_head), 4);
  check.span("out", s.out, 0, reach(s.rows, s.out_ld, s.out_head), 4);
}

void check_fields(Check& check, const QuantizeTensorStep& s) {
  check.between("rows", s.rows, 0, check.arena_bytes());
  check.between("groups", s.groups, 1, check.arena_bytes());
  check.between("channels", s.channels, 1, check.arena_bytes());
  check.between("pad_left", s.pad_left, 0, check.arena_bytes());
  check.between("pad_right", s.pad_right, 0, check.arena_bytes());
  check.between("in_ld", s.in_ld, 0, check.arena_bytes());
  check.between("fixed", s.fixed, 0, 1);
  if (!check.ok()) return;
  const __int128 width = static_cast<__int128>(s.groups) * s.channels;
  const __int128 padded = static_cast<__int128>(s.pad_left) + s.rows + s.pad_right;
  if (s.rows > 0) check.span("in", s.in, 0, static_cast<__int128>(s.rows - 1) * s.in_ld + width - 1, 4);
  if (padded * width > check.arena_bytes()) return check.fail("out has more bytes than the arena");
  check.span("out", s.out, 0, padded * width - 1, 1);
  check.span("out scale", s.out_scale, 0, 0, 4);
  check.span("out zero", s.out_zero, 0, 0, 4);
  if (s.fixed) check.quant("out", s.scale, s.zero);
}

void check_fields(Check& check, const CopyStep& s) {
  check.between("fill", s.fill, 0, 1);
  check.view("out", s.out, s.dim, true);
  if (!s.fill) check.view("in", s.in, s.dim, false);
}

void check_fields(Check& check, const BinaryStep& s) {
  check.between("operation", s.op, ADD, REMAINDER);
  check.view("out", s.out, s.dim, true);
  check.view("a", s.a, s.dim, false);
  check.view("b", s.b, s.dim, false);
}

void check_fields(Check& check, const SelectStep& s) {
  check.view("out", s.out, s.dim, true);
  check.view("cond", s.cond, s.dim, false);
  check.view("a", s.a, s.dim, false);
  check.view("b", s.b, s.dim, false);
}

void check_fields(Check& check, const MatmulStep& s) {
  check.between("k", s.k, 0, check.arena_floats());
  const int64_t out_dim[MAX_RANK] = {1, 1, s.batch0, s.batch1, s.m, s.n};
  const int64_t a_dim[MAX_RANK] = {1, 1, s.batch0, s.batch1, s.m, s.k};
  const int64_t b_dim[MAX_RANK] = {1, 1, s.batch0, s.batch1, s.k, s.n};
  check.view("out", {s.out, {0, 0, s.out_batch0, s.out_batch1, s.out_row, 1}}, out_dim, true);
  check.view("a", {s.a, {0, 0, s.a_batch0, s.a_batch1, s.a_row, s.a_col}}, a_dim, false);
  check.view("b", {s.b, {0, 0, s.b_batch0, s.b_batch1, s.b_row, s.b_col}}, b_dim, false);
}

void check_fields(Check& check, const PackStep& s) {
  check.between("count", s.count, 1, check.arena_floats());
  check.between("exact", s.exact, 0, 1);
  if (!check.ok()) return;
  const int64_t dim[MAX_RANK] = {1, 1, 1, s.count, s.n, s.k};
  check.view("in", {s.in, {0, 0, 0, s.in_head, s.in_n, s.in_k}}, dim, false);
  check_packed(check, "out", s.out, s.count, s.out_head, s.n, s.k, s.exact == 1);
}

void check_fields(Check& check, const Im2colStep& s) {
  const int64_t most = check.arena_floats();
  for (const int64_t dim : {s.out_h, s.out_w, s.kernel_h, s.kernel_w, s.channels}) check.between("dimension", dim, 0, most);
  for (const int64_t step : {s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.in_row, s.in_col, s.out_ld}) {
    check.between("stride", step, 0, most);
  }
  if (!check.ok()) return;
  const __int128 window = static_cast<__int128>(s.kernel_h) * s.kernel_w * s.channels;
  const __int128 rows = static_cast<__int128>(s.out_h) * s.out_w;
  check.span("in", s.in, 0, -1, 4);
  check.span("out", s.out, 0, -1, 4);
  if (rows == 0 || window == 0) return;
  if (rows * window > most || (rows > 1 && s.out_ld < window)) {
    return check.fail("windows overlap or exceed the arena");
  }
  const __int128 y = static_cast<__int128>(s.out_h - 1) * s.stride_h + static_cast<__int128>(s.kernel_h - 1) * s.dilation_h;
  const __int128 x = static_cast<__int128>(s.out_w - 1) * s.stride_w + static_cast<__int128>(s.kernel_w - 1) * s.dilation_w;
  if (y > most || x > most) return check.fail("a window leaves the input");
  check.span("in", s.in, 0, y * s.in_row + x * s.in_col + s.channels - 1, 4);
  check.span("out", s.out, 0, (rows - 1) * s.out_ld + window - 1, 4);
}

void check_fields(Check& check, const RnnStep& s) {
  check.between("kind", s.kind, LSTM, PLAIN_RELU);
  check.between("steps", s.steps, 0, check.arena_floats());
  check.between("hidden", s.hidden, 1, check.arena_floats());
  check.between("reverse", s.reverse, 0, 1);
  if (!check.ok()) return;
  const int64_t gates = s.hidden * gates_of(s.kind);
  if (!check.weights_of_any_kind(s.recurrent, s.hidden, gates)) return;
  check.between("gates_ld", s.gates_ld, 0, check.arena_floats());
  check.span("h", s.h, 0, s.hidden - 1, 4);
  if (s.kind == LSTM) check.span("c", s.c, 0, s.hidden - 1, 4);
  if (s.kind != LSTM && s.c != NONE) check.fail("only an lstm has a cell state");
  check.span("work", s.work, 0, gates - 1, 4);
  if (s.steps == 0) return;
  check.span("gates", s.gates, 0, static_cast<__int128>(s.steps - 1) * s.gates_ld + gates - 1, 4);
  check.out_rows("out", s.out, s.steps, s.hidden, s.out_ld, 4);
}

}  // namespace

qv_status check_step(qv_program& program, int index, int64_t block_rows) {
  const Step& step = program.steps[index];
  Check check(program, index, block_rows);
  switch (step.header.op) {
#define STEP(NAME, Struct, number, by_rows, ...)   \
  case OP_##NAME:                                  \
    check_fields(check, step.as<Struct##Step>()); \
    break;
#include "exec/steps.def"
#undef STEP
    default: check.fail("unknown operator");
  }
  return check.status();
}

size_t step_workspace(const qv_program& program, const Step& step, int64_t block_rows) {
  switch (step.header.op) {
    case OP_GEMM: return gemm_workspace(step.as<GemmStep>(), block_rows);
    case OP_NORM_ROWS: return 2 * row_scratch(step.as<NormRowsStep>().n);
    case OP_QUANTIZE_ROWS: return 2 * row_scratch(step.as<QuantizeRowsStep>().n);
    case OP_SOFTMAX_ROWS: return row_scratch(step.as<SoftmaxRowsStep>().n);
    case OP_ATTENTION: return attention_workspace(*program.table, step.as<AttentionStep>());
    case OP_MATMUL: return matmul_workspace(program, step.as<MatmulStep>());
    case OP_RNN: return rnn_workspace(step.as<RnnStep>());
    default: return 0;
  }
}

size_t step_shared(const qv_program& program, const Step& step) {
  return step.header.op == OP_ATTENTION ? attention_shared(*program.table, step.as<AttentionStep>()) : 0;
}

}  // namespace qv
