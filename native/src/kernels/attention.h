// One head of scaled dot-product attention: out = softmax(q k^T * scale + mask) v.
// q [rows, d], k and v [keys, d], float32 with row strides; mask: additive values, one a key, for each row or for all, or null.
// A row that a mask of -infinity closes to all keys becomes 0.
// Keys and values are packed once a head into caller memory, then any range of query rows can run.
#ifndef QUANTVOICE_KERNELS_ATTENTION_H
#define QUANTVOICE_KERNELS_ATTENTION_H
#include <cstddef>
#include <cstdint>

struct qv_attention_args {
  const float *q, *k, *v;
  int64_t q_ld, k_ld, v_ld;
  float *out;
  int64_t out_ld;
  int64_t keys, d;
  float scale;
  const float *mask;
  int64_t mask_ld;  // 0: all rows share one row of it
  void *packed;   // qv_attention_kernel.packed_bytes(keys, d)
  void *scratch;  // qv_attention_kernel.scratch_bytes(keys, d), one a thread
};

inline const float *qv_mask_of(const qv_attention_args *a, int64_t row) {
  return a->mask ? a->mask + row * a->mask_ld : nullptr;
}

struct qv_attention_kernel {
  const char *name;
  bool (*takes)(int64_t keys, int64_t d);
  size_t (*packed_bytes)(int64_t keys, int64_t d);
  size_t (*scratch_bytes)(int64_t keys, int64_t d);
  void (*pack)(const qv_attention_args *a);
  void (*rows)(const qv_attention_args *a, int64_t row0, int64_t row1);
};

extern "C" const qv_attention_kernel qv_attention_scalar;
extern "C" const qv_attention_kernel qv_attention_avx2;
extern "C" const qv_attention_kernel qv_attention_avx512bf16;
extern "C" const qv_attention_kernel qv_attention_neon;
#endif
