// The specification of attention: float throughout, one query at a time.
#include "../attention.h"

#include <cmath>

namespace {
bool takes(int64_t keys, int64_t d) { return keys >= 1 && d >= 1; }
size_t packed_bytes(int64_t, int64_t) { return 64; }
size_t scratch_bytes(int64_t keys, int64_t) { return (size_t)keys * 4; }
void pack(const qv_attention_args *) {}

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  float *p = (float *)a->scratch;
  for (int64_t i = row0; i < row1; i++) {
    const float *q = a->q + i * a->q_ld, *mask = qv_mask_of(a, i);
    float top = -INFINITY;
    for (int64_t j = 0; j < a->keys; j++) {
      const float *k = a->k + j * a->k_ld;
      float dot = 0;
      for (int64_t c = 0; c < a->d; c++) dot += q[c] * k[c];
      p[j] = dot * a->scale + (mask ? mask[j] : 0.0f);
      if (p[j] > top) top = p[j];
    }
    const bool closed = top == -INFINITY;
    float sum = closed ? 1 : 0;
    for (int64_t j = 0; j < a->keys; j++) sum += p[j] = closed ? 0 : std::exp(p[j] - top);
    float *out = a->out + i * a->out_ld;
    for (int64_t c = 0; c < a->d; c++) out[c] = 0;
    for (int64_t j = 0; j < a->keys; j++) {
      const float *v = a->v + j * a->v_ld;
      const float w = p[j] / sum;
      for (int64_t c = 0; c < a->d; c++) out[c] += w * v[c];
    }
  }
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_scalar = {"attention_scalar", takes, packed_bytes, scratch_bytes, pack, rows};
