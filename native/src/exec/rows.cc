// Row-local steps other than products: norms, quantization, activations, softmax, reductions, tables, depthwise taps.
#include "exec/context.h"

#include <math.h>
#include <string.h>

namespace qv {
namespace {

// Where the bytes of a row go, and what they mean.
struct ByteRows {
  Place out;
  int64_t ld, type;
  double scale;
  int64_t zero;
  Place scales, zeros;
};

void quantize_row(const ByteRows& to, const Context& c, int64_t r, const float* x, int64_t n) {
  auto* out = c.at<uint8_t>(to.out, r, to.ld);
  RowQuant quant;
  if (to.type == U8_ROWS) {
    float low = 0, high = 0;
    c.rows().range(x, n, &low, &high);
    quant = quant_of_range(low, high);
    *c.at<float>(to.scales, r, sizeof(float)) = quant.scale;
    *c.at<int32_t>(to.zeros, r, sizeof(int32_t)) = quant.zero;
  } else {
    const auto scale = static_cast<float>(to.scale);
    quant = {scale, 1.0f / scale, static_cast<int32_t>(to.zero)};
  }
  c.rows().quantize(x, n, quant, out);
}

}  // namespace

void norm_rows(const NormRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const auto* gamma = reinterpret_cast<const float*>(s.gamma);
  const auto* beta = reinterpret_cast<const float*>(s.beta);
  const ByteRows bytes = {s.out, s.out_ld, s.out_type, s.out_scale, s.out_zero, s.out_scales, s.out_zeros};
  auto* row = reinterpret_cast<float*>(c.workspace);
  for (int64_t r = r0; r < r1; r++) {
    float* y = s.out_type == F32 ? c.at<float>(s.out, r, s.out_ld * 4) : row;
    c.rows().norm(c.at<const float>(s.in, r, s.in_ld * 4), s.n, gamma, beta, static_cast<float>(s.eps), y);
    if (s.act != ACT_NONE) c.rows().activate(y, s.n, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, y);
    if (s.out_type != F32) quantize_row(bytes, c, r, y, s.n);
  }
}

void quantize_rows(const QuantizeRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  const ByteRows bytes = {s.out, s.out_ld, s.out_type, s.out_scale, s.out_zero, s.out_scales, s.out_zeros};
  auto* row = reinterpret_cast<float*>(c.workspace);
  for (int64_t r = r0; r < r1; r++) {
    const auto* x = c.at<const float>(s.in, r, s.in_ld * 4);
    if (s.act != ACT_NONE) {
      c.rows().activate(x, s.n, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, row);
      x = row;
    }
    quantize_row(bytes, c, r, x, s.n);
  }
}

void unary_rows(const UnaryStep& s, const Context& c, int64_t r0, int64_t r1) {
  for (int64_t r = r0; r < r1; r++) {
    c.rows().activate(c.at<const float>(s.in, r, s.in_ld * 4), s.n, static_cast<float>(s.mul),
                      static_cast<float>(s.add), static_cast<int>(s.act), static_cast<float>(s.act_alpha),
                      c.at<float>(s.out, r, s.out_ld * 4));
  }
}

void softmax_rows(const SoftmaxRowsStep& s, const Context& c, int64_t r0, int64_t r1) {
  for (int64_t r = r0; r < r1; r++) {
    c.rows().softmax(c.at<const float>(s.in, r, s.in_ld * 4), s.n, s.log != 0, c.at<float>(s.out, r, s.out_ld * 4));
  }
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
    const auto entry = static_cast<int64_t>(index);  // rounds toward 0, and so below entries
    memcpy(out, table + (entry < s.entries ? entry : s.entries - 1) * s.n, static_cast<size_t>(s.n) * sizeof(float));
  }
}

void depthwise_rows(const DepthwiseStep& s, const Context& c, int64_t r0, int64_t r1) {
  const auto* weights = reinterpret_cast<const float*>(s.weights);
  const auto* bias = reinterpret_cast<const float*>(s.bias);
  const size_t bytes = static_cast<size_t>(s.channels) * sizeof(float);
  for (int64_t r = r0; r < r1; r++) {
    float* out = c.at<float>(s.out, r, s.out_ld * 4);
    if (bias) {
      memcpy(out, bias, bytes);
    } else {
      memset(out, 0, bytes);
    }
    const auto* in = c.at<const float>(s.in) + r * s.stride * s.in_ld;
    for (int64_t j = 0; j < s.taps; j++) {
      c.rows().multiply_add(in + j * s.dilation * s.in_ld, weights + j * s.channels, s.channels, out);
    }
    if (s.act != ACT_NONE) c.rows().activate(out, s.channels, 1.0f, 0.0f, static_cast<int>(s.act), 0.0f, out);
  }
}

}  // namespace qv
