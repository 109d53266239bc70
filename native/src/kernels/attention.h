// One head of scaled dot-product attention: out = softmax(q k^T * scale + mask) v.
// q [rows, d], k and v [keys, d], float32 with row strides; mask: additive values, one a key, for each row or for all, or null.
// A row for which the mask or the band excludes all keys becomes 0. Keys and values are packed once per head into
// memory that all threads share; then any block of query rows can run.
#ifndef QUANTVOICE_KERNELS_ATTENTION_H
#define QUANTVOICE_KERNELS_ATTENTION_H
#include <cstddef>
#include <cstdint>

// The keys that a row sees, in addition to the mask: row r is at the position of key r + shift and sees `before` keys
// to its left and `after` to its right, all of them if negative. The first `global` keys are seen by all rows, and rows
// that stand at one of them see all keys.
struct qv_attention_band {
  int64_t before, after, shift, global;
};

struct qv_attention_args {
  const float *q, *k, *v;
  int64_t q_ld, k_ld, v_ld;
  float *out;
  int64_t out_ld;
  int64_t keys, d;
  float scale;
  const float *mask;
  int64_t mask_ld;  // 0: all rows share one row of it
  qv_attention_band band;
  void *packed;   // qv_attention_kernel.packed_bytes(keys, d)
  void *scratch;  // qv_attention_kernel.scratch_bytes(keys, d), one a thread
};

inline const float *qv_mask_of(const qv_attention_args *a, int64_t row) {
  return a->mask ? a->mask + row * a->mask_ld : nullptr;
}

// The keys [begin, end) that a row sees in addition to the first `global` ones; all keys for a global row.
struct qv_attention_span {
  int64_t begin, end;
};

static inline qv_attention_span qv_span_of(const qv_attention_band &band, int64_t keys, int64_t row) {
  const int64_t at = row + band.shift;
  qv_attention_span span = {0, keys};
  if (at >= 0 && at < band.global) return span;
  if (band.before >= 0 && at - band.before > 0) span.begin = at - band.before < keys ? at - band.before : keys;
  if (band.after >= 0 && at + band.after + 1 < keys) span.end = at + band.after + 1 > 0 ? at + band.after + 1 : 0;
  if (span.end < span.begin) span.end = span.begin;
  return span;
}

// The largest spread of scores for which a head may be computed in bytes. Queries and keys are rounded to steps of a
// 127th of their largest magnitude, which changes a score of d products by about scale * sqrt(d) * query * key / 127 at
// most.
constexpr float QV_INT8_SPREAD = 60.0f;

static inline float qv_int8_spread(int64_t d, float scale, float query, float key) {
  return __builtin_sqrtf((float)d) * (scale < 0 ? -scale : scale) * query * key;
}

struct qv_attention_kernel {
  const char *name;
  bool (*takes)(int64_t keys, int64_t d);
  int64_t block_rows;  // most query rows of a call
  size_t (*packed_bytes)(int64_t keys, int64_t d);
  size_t (*scratch_bytes)(int64_t keys, int64_t d);
  int64_t (*pack_keys)(int64_t keys);  // how many keys a call of pack takes; key0 is a multiple of that number
  // If not NULL, it replaces pack: it packs all keys, unless rounding to bytes would be too coarse for them and these
  // rows of queries. Then it returns false, and another kernel has to compute this head.
  bool (*pack_if_exact)(const qv_attention_args *a, int64_t rows);
  // reads and writes only these keys and their packed form
  void (*pack)(const qv_attention_args *a, int64_t key0, int64_t key1);
  void (*rows)(const qv_attention_args *a, int64_t row0, int64_t row1);
};

extern "C" const qv_attention_kernel qv_attention_scalar;
extern "C" const qv_attention_kernel qv_attention_avx2;
extern "C" const qv_attention_kernel qv_attention_avx512;
extern "C" const qv_attention_kernel qv_attention_avx512bf16;
extern "C" const qv_attention_kernel qv_attention_neon;
extern "C" const qv_attention_kernel qv_attention_int8_scalar;
extern "C" const qv_attention_kernel qv_attention_int8_avx512vnni;
extern "C" const qv_attention_kernel qv_attention_int8_vex;
extern "C" const qv_attention_kernel qv_attention_int8_evex;
extern "C" const qv_attention_kernel qv_attention_int8_neondot;
extern "C" const qv_attention_kernel qv_attention_int8_i8mm;
#endif
