// Row-local steps other than products: norms, quantization, activations, softmax, reductions, tables, depthwise taps.
#include <math.h>
#include <string.h>

#include "exec/context.h"

namespace qv {
namespace {

// The output of rows, as floats or as bytes.
struct Output {
  Place at;
  int64_t ld, type;
  double scale;
  int64_t zero;
  Place scales, zeros;
};

// Returns the call of a kernel for rows from r0 on.
RowsCall call_of(const Context& c, int64_t r0, Place in, int64_t in_ld, int64_t n, const Output& out) {
  RowsCall call = {};
  call.in = c.at<const float>(in, r0, in_ld * 4);
  call.stride = in_ld;
  call.n = n;
  call.out.output = out.type == F32 ? QV_OUT_FLOAT32 : QV_OUT_UINT8;
  call.out.data = c.at<char>(out.at, r0, out.ld * (out.type == F32 ? 4 : 1));
  call.out.stride = out.ld;
  call.out.scale = out.type == U8 ? static_cast<float>(out.scale) : 1.0f;
  call.out.zero = out.type == U8 ? static_cast<int>(out.zero) : 0;
  if (out.type == U8_ROWS) {
    call.out.row_scale = c.at<float>(out.scales, r0, sizeof(float));
    call.out.row_zero = c.at<int32_t>(out.zeros, r0, sizeof(int32_t));
  }
  return call;
}

bool in_kernels(int64_t act) { return act <= ACT_SILU; }

// Returns a second row of workspace, behind the one of the kernels.
float* second_row(const Context& c, int64_t n) { return reinterpret_cast<float*>(c.workspace + row_scratch(n)); }

}  // namespace

void norm_rows(const NormRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const Output out = {s.out, s.out_ld, s.out_type, s.out_scale, s.out_zero, s.out_scales, s.out_zeros};
  auto* scratch = reinterpret_cast<float*>(c.workspace);
  RowsCall call = call_of(c, r0, s.in, s.in_ld, s.n, out);
  call.gamma = reinterpret_cast<const float*>(s.gamma);
  call.beta = reinterpret_cast<const float*>(s.beta);
  call.epsilon = static_cast<float>(s.eps);
  if (in_kernels(s.act)) {
    call.activation = static_cast<int>(s.act);
    return c.program.table->layernorm(&call, 0, r1 - r0, scratch);
  }
  float* row = second_row(c, s.n);
  for (int64_t r = r0; r < r1; r++) {
    RowsCall norm = call;
    norm.in = call.in + (r - r0) * call.stride;
    norm.out = {QV_OUT_FLOAT32, row, s.n, 1.0f, 0, nullptr, nullptr};
    c.program.table->layernorm(&norm, 0, 1, scratch);
    float* y = s.out_type == F32 ? c.at<float>(s.out, r, s.out_ld * 4) : row;
    c.rows().activate(row, s.n, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, y);
    if (s.out_type == F32) continue;
    norm = call_of(c, r, s.in, s.in_ld, s.n, out);
    norm.in = row;
    c.program.table->quantize_rows(&norm, 0, 1, scratch);
  }
}

void quantize_rows(const QuantizeRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const Output out = {s.out, s.out_ld, s.out_type, s.out_scale, s.out_zero, s.out_scales, s.out_zeros};
  auto* scratch = reinterpret_cast<float*>(c.workspace);
  RowsCall call = call_of(c, r0, s.in, s.in_ld, s.n, out);
  if (s.act == ACT_NONE) return c.program.table->quantize_rows(&call, 0, r1 - r0, scratch);
  if (in_kernels(s.act)) {
    call.activation = static_cast<int>(s.act);
    return c.program.table->activate(&call, 0, r1 - r0, scratch);
  }
  float* row = second_row(c, s.n);
  for (int64_t r = r0; r < r1; r++) {
    c.rows().activate(c.at<const float>(s.in, r, s.in_ld * 4), s.n, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, row);
    call = call_of(c, r, s.in, s.in_ld, s.n, out);
    call.in = row;
    c.program.table->quantize_rows(&call, 0, 1, scratch);
  }
}

void unary_rows(const UnaryStep& s, const Context& c, int64_t r0, int64_t r1) {
  for (int64_t r = r0; r < r1; r++) {
    c.rows().activate(c.at<const float>(s.in, r, s.in_ld * 4), s.n, static_cast<float>(s.mul),
                      static_cast<float>(s.add), static_cast<int>(s.act), static_cast<float>(s.act_alpha),
                      c.at<float>(s.out, r, s.out_ld * 4));
  }
}

void glu_rows(const GluStep& s, const Context& c, int64_t r0, int64_t r1) {
  for (int64_t r = r0; r < r1; r++) {
    const auto* in = c.at<const float>(s.in, r, s.in_ld * 4);
    float* out = c.at<float>(s.out, r, s.out_ld * 4);
    c.rows().activate(in + s.n, s.n, 1.0f, 0.0f, ACT_SIGMOID, 0.0f, out);
    for (int64_t i = 0; i < s.n; i++) out[i] *= in[i];
  }
}

void softmax_rows(const SoftmaxRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const RowsCall call = call_of(c, r0, s.in, s.in_ld, s.n, {s.out, s.out_ld, F32, 1, 0, NONE, NONE});
  const RowsKernel kernel = s.log ? c.program.table->log_softmax : c.program.table->softmax;
  kernel(&call, 0, r1 - r0, reinterpret_cast<float*>(c.workspace));
}

void reduce_rows(const ReduceRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const RowKernels& k = c.rows();
  const auto n = static_cast<float>(s.n);
  for (int64_t r = r0; r < r1; r++) {
    const auto* x = c.at<const float>(s.in, r, s.in_ld * 4);
    float low = INFINITY, high = -INFINITY;
    float& out = *c.at<float>(s.out, r, sizeof(float));
    switch (s.op) {
      case SUM: out = k.sum(x, s.n); break;
      case MEAN: out = k.sum(x, s.n) / n; break;
      case VARIANCE: out = k.squares(x, s.n, k.sum(x, s.n) / n) / (n - static_cast<float>(s.correction)); break;
      default:
        k.range(x, s.n, &low, &high);
        out = s.op == MAXIMUM ? high : low;
    }
  }
}

void gather_rows(const GatherStep& s, const Context& c, int64_t r0, int64_t r1) {
  const auto* table = reinterpret_cast<const float*>(s.table);
  for (int64_t r = r0; r < r1; r++) {
    const float index = *c.at<const float>(s.index, r, sizeof(float));
    float* out = c.at<float>(s.out, r, s.out_ld * 4);
    if (!(index >= 0 && index < static_cast<float>(s.entries))) {
      c.bad_index->store(1, std::memory_order_relaxed);
      memset(out, 0, static_cast<size_t>(s.n) * sizeof(float));
      continue;
    }
    const auto entry = static_cast<int64_t>(index);  // the cast rounds toward 0, and so to less than the number of entries
    memcpy(out, table + (entry < s.entries ? entry : s.entries - 1) * s.n, static_cast<size_t>(s.n) * sizeof(float));
  }
}

// One pixel of a depthwise convolution, the taps that lie inside of the input in turn.
static void depthwise_pixel(const DepthwiseStep& s, const Context& c, int64_t y, int64_t x, float* out) {
  constexpr int kMost = 32;  // taps of a call
  const auto* in = c.at<const float>(s.in);
  const auto* all = reinterpret_cast<const float*>(s.weights);
  const auto* start = reinterpret_cast<const float*>(s.bias);
  const float *from[kMost], *weights[kMost];
  int count = 0;
  for (int64_t i = 0; i < s.taps; i++) {
    const int64_t row = y * s.stride + i * s.dilation - s.pad;
    if (row < 0 || row >= s.in_rows) continue;
    for (int64_t j = 0; j < s.taps_w; j++) {
      const int64_t column = x * s.stride_w + j * s.dilation_w - s.pad_w;
      if (column < 0 || column >= s.in_width) continue;
      if (count == kMost) {
        c.program.table->taps(from, weights, count, start, s.channels, out);
        start = out;
        count = 0;
      }
      from[count] = in + row * s.in_ld + column * s.in_col;
      weights[count++] = all + (i * s.taps_w + j) * s.channels;
    }
  }
  c.program.table->taps(from, weights, count, start, s.channels, out);
}

void depthwise_rows(const DepthwiseStep& s, const Context& c, int64_t r0, int64_t r1) {
  for (int64_t r = r0; r < r1; r++) {
    float* out = c.at<float>(s.out, r, s.out_ld * 4);
    for (int64_t x = 0; x < s.width; x++) depthwise_pixel(s, c, r, x, out + x * s.channels);
    if (s.act == ACT_NONE) continue;
    c.rows().activate(out, s.width * s.channels, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, out);
  }
}

}  // namespace qv
