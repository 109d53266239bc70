// The specification of int8 attention, one query at a time: see kernels/attention_int8.inc for what the numbers are. Each line
// is one step of the vector tiers, in their order; blocks of keys are theirs too, as sums are rounded from block to block.
#include "../attention.h"

#include <string.h>

#include <cmath>

#include "vector_math.h"

namespace {
using qv_scalar::fma1;

constexpr int64_t kMostDepth = 256, kBlockKeys = 128;
constexpr float kLowest = -3.0e38f;

int64_t block_keys(int64_t keys) {
  const int64_t blocks = (keys + kBlockKeys - 1) / kBlockKeys;
  return ((keys + blocks - 1) / blocks + 31) / 32 * 32;
}

// The result of pack: bytes and their scales.
struct Packed {
  int8_t *keys, *values;                     // [keys][d]
  float *key_scale, *value_scale, *middle;  // [keys], [d], [d]
  Packed(void *memory, int64_t n, int64_t d) {
    key_scale = (float *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
    value_scale = key_scale + n;
    middle = value_scale + d;
    keys = (int8_t *)(middle + d);
    values = keys + n * d;
  }
};

bool takes(int64_t keys, int64_t d) { return keys >= 1 && d >= 1 && d <= kMostDepth; }
size_t packed_bytes(int64_t keys, int64_t d) { return (size_t)(4 * (keys + 2 * d) + 2 * keys * d + 64); }
size_t scratch_bytes(int64_t, int64_t) { return 0; }
int64_t pack_keys(int64_t keys) { return keys; }

int32_t whole(float x) { return (int32_t)__builtin_rintf(x); }

// Returns 2^x with the steps of kernels/attention_blocks.inc.
float exp2_of(float x) {
  const float held = x < -126.0f ? -126.0f : x;
  const float n = __builtin_rintf(held), f = held - n;
  float y = fma1(1.5403530e-4f, f, 1.3333558e-3f);
  y = fma1(y, f, 9.6181291e-3f);
  y = fma1(y, f, 5.5504109e-2f);
  y = fma1(y, f, 2.4022651e-1f);
  y = fma1(y, f, 6.9314718e-1f);
  y = fma1(y, f, 1.0f);
  if (x != x) return x;
  return x < -125.0f ? 0 : std::ldexp(y, (int)n);
}

int32_t share_of_255(float x) {
  const float up = x + 7.99435344f, held = up > -30.0f ? up : -30.0f;
  const float n = __builtin_rintf(held), f = held - n;
  float y = fma1(f, 0.05517167f, 0.24261112f);
  y = fma1(y, f, 0.69326099f);
  y = fma1(y, f, 0.99992807f);
  return whole(std::ldexp(y, (int)n));
}

float largest_of(const float *x, const float *mean, int64_t d) {
  float top = 0;
  for (int64_t c = 0; c < d; c++) top = std::fmax(top, std::fabs(x[c] - (mean ? mean[c] : 0.0f)));
  return top;
}

void bytes_of(const float *x, const float *mean, int64_t d, float top, int8_t *bytes) {
  const float by = top > 0 ? 127.0f / top : 0;
  for (int64_t c = 0; c < d; c++) bytes[c] = (int8_t)whole((x[c] - (mean ? mean[c] : 0.0f)) * by);
}

void pack_values(const qv_attention_args *a, const Packed &to) {
  for (int64_t c = 0; c < a->d; c++) {
    float low = a->v[c], high = low;
    for (int64_t j = 0; j < a->keys; j++) {
      low = std::fmin(low, a->v[j * a->v_ld + c]);
      high = std::fmax(high, a->v[j * a->v_ld + c]);
    }
    const float half = (high - low) * 0.5f, by = half > 0 ? 127.0f / half : 0;
    to.middle[c] = (high + low) * 0.5f;
    to.value_scale[c] = half * (1.0f / 127.0f);
    for (int64_t j = 0; j < a->keys; j++) to.values[j * a->d + c] = (int8_t)whole((a->v[j * a->v_ld + c] - to.middle[c]) * by);
  }
}

bool pack(const qv_attention_args *a, int64_t rows) {
  const Packed to(a->packed, a->keys, a->d);
  float mean[kMostDepth], query_top = 0, key_top = 0, finite = 0;
  for (int64_t c = 0; c < a->d; c++) {
    float key_sum = 0, value_sum = 0, query_sum = 0;
    for (int64_t j = 0; j < a->keys; j++) {
      key_sum += a->k[j * a->k_ld + c];
      value_sum += a->v[j * a->v_ld + c];
    }
    for (int64_t r = 0; r < rows; r++) query_sum += a->q[r * a->q_ld + c];
    finite += (key_sum + value_sum + query_sum) * 0;
    mean[c] = key_sum * (1.0f / (float)a->keys);
  }
  if (finite != 0) return false;
  for (int64_t r = 0; r < rows; r++) query_top = std::fmax(query_top, largest_of(a->q + r * a->q_ld, nullptr, a->d));
  for (int64_t j = 0; j < a->keys; j++) {
    const float *k = a->k + j * a->k_ld, top = largest_of(k, mean, a->d);
    key_top = std::fmax(key_top, top);
    to.key_scale[j] = top * (1.0f / 127.0f);
    bytes_of(k, mean, a->d, top, to.keys + j * a->d);
  }
  if (!(qv_int8_spread(a->d, a->scale, query_top, key_top) <= QV_INT8_SPREAD)) return false;
  pack_values(a, to);
  return true;
}

// The state of one query.
struct Row {
  float top = kLowest, total = 0, sums[kMostDepth] = {};
  int8_t query[kMostDepth];
  float scale;
};

// Computes scores of keys [key0, key1) in units of ln 2, and returns the largest.
float scores(const qv_attention_args *a, const Packed &packed, const Row &at, int64_t row, int64_t key0, int64_t key1, float *s) {
  const float *mask = qv_mask_of(a, row);
  const qv_attention_span span = qv_span_of(a->band, a->keys, row);
  float top = kLowest, bad = 0;
  for (int64_t j = key0; j < key1; j++) {
    int32_t dot = 0;
    for (int64_t c = 0; c < a->d; c++) dot += at.query[c] * packed.keys[j * a->d + c];
    float x = (float)dot * packed.key_scale[j] * at.scale;
    if (mask) {
      const float low = fma1(mask[j], 0.85f, -1e30f);  // above the score of a masked key, if the mask is finite
      x = fma1(mask[j], 1.44269504f, x);
      x = x < low ? low : x;
      x = x < kLowest ? kLowest : x;
      bad = fma1(x, 0, bad);
    }
    s[j - key0] = j >= a->band.global && (j < span.begin || j >= span.end) ? kLowest : x;
    top = std::fmax(top, s[j - key0]);
  }
  return bad == 0 ? top : bad;
}

void block(const qv_attention_args *a, const Packed &packed, int64_t row, int64_t key0, int64_t key1, Row &at) {
  float s[kBlockKeys];
  const float own = scores(a, packed, at, row, key0, key1, s);
  const float all = own > at.top || own != own ? own : at.top;
  const float base = own > kLowest || own != own ? own : 0;
  int32_t count = 0, p[kBlockKeys];
  for (int64_t j = 0; j < key1 - key0; j++) count += p[j] = base == base ? share_of_255(s[j] - base) : 0;
  const float keep = exp2_of(all > kLowest ? at.top - all : 0), weight = exp2_of(all > kLowest || all != all ? own - all : 0);
  at.top = all;
  at.total = at.total * keep + (float)count * weight;
  for (int64_t c = 0; c < a->d; c++) {
    int32_t sum = 0;
    for (int64_t j = key0; j < key1; j++) sum += p[j - key0] * packed.values[j * a->d + c];
    at.sums[c] = fma1((float)sum, weight, at.sums[c] * keep);
  }
}

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  const Packed packed(a->packed, a->keys, a->d);
  const int64_t step = block_keys(a->keys);
  for (int64_t r = row0; r < row1; r++) {
    Row at;
    const float *q = a->q + r * a->q_ld, top = largest_of(q, nullptr, a->d);
    bytes_of(q, nullptr, a->d, top, at.query);
    at.scale = top * (1.0f / 127.0f) * (a->scale * 1.44269504f);
    for (int64_t j = 0; j < a->keys; j += step) block(a, packed, r, j, j + step < a->keys ? j + step : a->keys, at);
    const float norm = at.total > 0 || at.total != at.total ? 1.0f / at.total : 0;
    float *out = a->out + r * a->out_ld;
    for (int64_t c = 0; c < a->d; c++) out[c] = norm == 0 ? 0 : fma1(at.sums[c] * norm, packed.value_scale[c], packed.middle[c]);
  }
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_int8_scalar = {
    "attention_int8_scalar", takes, 16, packed_bytes, scratch_bytes, pack_keys, pack, nullptr, rows};
