// Runs LSTM, GRU and plain cells over time, in PyTorch's gate order: i f g o, and r z n with the hidden bias inside r *
// (W h + b). For recurrent int8 weights the state is quantized at each step.
#include <string.h>

#include "exec/context.h"
#include "memory/handles.h"

namespace qv {
namespace {

struct Cell {
  const RnnStep& s;
  const RowKernels& k;
  const float* gates;  // of this step: the input's half
  float* work;         // the recurrent half
  float *h, *c;
};

void sigmoid(const Cell& cell, float* x, int64_t n) { cell.k.activate(x, n, 1.0f, 0.0f, ACT_SIGMOID, 0.0f, x); }
void tanh(const Cell& cell, float* x, int64_t n) { cell.k.activate(x, n, 1.0f, 0.0f, ACT_TANH, 0.0f, x); }

void lstm(const Cell& cell) {
  const int64_t n = cell.s.hidden;
  for (int64_t i = 0; i < 4 * n; i++) cell.work[i] += cell.gates[i];
  float *in = cell.work, *forget = in + n, *update = in + 2 * n, *out = in + 3 * n;
  sigmoid(cell, in, 2 * n);
  tanh(cell, update, n);
  sigmoid(cell, out, n);
  for (int64_t i = 0; i < n; i++) cell.c[i] = forget[i] * cell.c[i] + in[i] * update[i];
  memmove(update, cell.c, static_cast<size_t>(n) * sizeof(float));
  tanh(cell, update, n);
  for (int64_t i = 0; i < n; i++) cell.h[i] = out[i] * update[i];
}

void gru(const Cell& cell) {
  const int64_t n = cell.s.hidden;
  float *reset = cell.work, *keep = reset + n, *fresh = reset + 2 * n;
  for (int64_t i = 0; i < 2 * n; i++) cell.work[i] += cell.gates[i];
  sigmoid(cell, reset, 2 * n);
  for (int64_t i = 0; i < n; i++) fresh[i] = cell.gates[2 * n + i] + reset[i] * fresh[i];
  tanh(cell, fresh, n);
  for (int64_t i = 0; i < n; i++) cell.h[i] = (1.0f - keep[i]) * fresh[i] + keep[i] * cell.h[i];
}

void plain(const Cell& cell) {
  const int64_t n = cell.s.hidden;
  for (int64_t i = 0; i < n; i++) cell.work[i] += cell.gates[i];
  cell.k.activate(cell.work, n, 1.0f, 0.0f, cell.s.kind == PLAIN_RELU ? ACT_RELU : ACT_TANH, 0.0f, cell.h);
}

// The quantized h: its bytes, scale and zero point at the start of the workspace.
struct State {
  size_t scale, zero, bytes, end;
  explicit State(int64_t hidden) : scale(0), zero(kLine), bytes(2 * kLine), end(bytes + line_up(static_cast<size_t>(hidden))) {}
};

GemmStep product_of(const RnnStep& s, HandleKind kind) {
  const State state(s.hidden);
  GemmStep g = {};
  g.rows = 1;
  g.k = s.hidden;
  g.n = gates_of(s.kind) * s.hidden;
  g.a_ld = g.k;
  g.a_scales = g.a_zeros = g.residual = NONE;
  g.mul = 1;
  g.a = s.h;
  g.weights = s.recurrent;
  g.weights_kind = static_cast<int64_t>(kind);
  g.out = s.work;
  g.out_ld = g.n;
  if (kind == HandleKind::kS8Matrix) {
    g.a = ~static_cast<Place>(state.bytes);
    g.a_type = U8_ROWS;
    g.a_scales = ~static_cast<Place>(state.scale);
    g.a_zeros = ~static_cast<Place>(state.zero);
  }
  return g;
}

void quantize_state(const Context& c, const float* h, int64_t n) {
  const State state(n);
  float low = 0, high = 0;
  c.rows().range(h, n, &low, &high);
  const RowQuant quant = quant_of_range(low, high);
  memcpy(c.workspace + state.scale, &quant.scale, sizeof quant.scale);
  memcpy(c.workspace + state.zero, &quant.zero, sizeof quant.zero);
  c.rows().quantize(h, n, quant, reinterpret_cast<uint8_t*>(c.workspace + state.bytes));
}

HandleKind kind_of(const RnnStep& s) {
  HandleKind kind = HandleKind::kS8Matrix;
  handle_kind(reinterpret_cast<const void*>(s.recurrent), &kind);
  return kind;
}

}  // namespace

size_t rnn_workspace(const RnnStep& s) { return State(s.hidden).end + gemm_workspace(product_of(s, kind_of(s)), 1); }

void rnn(const RnnStep& s, const Context& c) {
  const HandleKind kind = kind_of(s);
  const GemmStep product = product_of(s, kind);
  Context inner = c;
  inner.local = c.workspace;
  inner.first_row = 0;
  inner.workspace = c.workspace + State(s.hidden).end;
  Cell cell = {s, c.rows(), nullptr, c.at<float>(s.work), c.at<float>(s.h), c.optional<float>(s.c)};
  for (int64_t i = 0; i < s.steps; i++) {
    const int64_t t = s.reverse ? s.steps - 1 - i : i;
    if (kind == HandleKind::kS8Matrix) quantize_state(c, cell.h, s.hidden);
    gemm_rows(product, inner, 0, 1);
    cell.gates = c.at<const float>(s.gates, t, s.gates_ld * 4);
    switch (s.kind) {
      case LSTM: lstm(cell); break;
      case GRU: gru(cell); break;
      default: plain(cell);
    }
    // memmove, because a wrong program may name one place for both.
    memmove(c.at<float>(s.out, t, s.out_ld * 4), cell.h, static_cast<size_t>(s.hidden) * sizeof(float));
  }
}

}  // namespace qv
