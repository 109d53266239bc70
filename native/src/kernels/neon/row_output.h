// See scalar/row_output.h. 16 partial sums are the lanes of one Floats.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/neon/vector_math.h"

namespace qv_neon {

// 0 in the lanes that are beyond.
static inline Floats keep(const Floats& x, int64_t lanes) {
  if (lanes >= 16) return x;
  float part[16];
  store(part, 16, x);
  return load(part, lanes);
}

static inline float fold16(const Floats& x) {
  const float32x4_t four = vaddq_f32(vaddq_f32(x.v[0], x.v[2]), vaddq_f32(x.v[1], x.v[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

// Of numbers without NaN.
static inline float reduce_max(const Floats& x) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.v[0], x.v[1]), vmaxq_f32(x.v[2], x.v[3])));
}
static inline float reduce_min(const Floats& x) {
  return vminvq_f32(vminq_f32(vminq_f32(x.v[0], x.v[1]), vminq_f32(x.v[2], x.v[3])));
}

static inline float* float_row(const qv::RowOutput& out, int64_t row, float* scratch) {
  return out.output == QV_OUT_FLOAT32 ? static_cast<float*>(out.data) + row * out.stride : scratch;
}

static inline void choose_range(const qv::RowOutput& out, int64_t row, float low, float high, float* inverse, int* zero) {
  const float range = high - low;
  const bool flat = !(range > 1e-30f);
  *inverse = flat ? 1.0f : 255.0f / range;
  *zero = flat ? 0 : vgetq_lane_u8(quantize16(set(-low), *inverse, 0, 255, 0), 0);
  out.row_scale[row] = flat ? 1.0f : range / 255.0f;
  out.row_zero[row] = *zero;
}

static inline void write_row(const qv::RowOutput& out, int64_t row, const float* y, int64_t n) {
  if (out.output == QV_OUT_FLOAT32) return;
  float inverse = 1.0f / out.scale;
  int zero = out.zero;
  if (out.row_scale) {
    Floats low = set(0), high = low;
    for (int64_t i = 0; i < n; i += 16) {
      const Floats x = load(y + i, n - i);
      low = smaller(x, low);
      high = larger(x, high);
    }
    choose_range(out, row, reduce_min(low), reduce_max(high), &inverse, &zero);
  }
  auto* to = static_cast<uint8_t*>(out.data) + row * out.stride;
  const auto least = static_cast<float>(-zero), most = static_cast<float>(255 - zero);
  for (int64_t i = 0; i < n; i += 16) {
    store_bytes(to + i, n - i, quantize16(load(y + i, n - i), inverse, least, most, zero));
  }
}

}  // namespace qv_neon
