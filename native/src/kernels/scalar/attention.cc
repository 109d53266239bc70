// The specification of attention: float throughout, one query at a time, in two passes over the keys. The first finds the
// largest score and keeps none, so that memory does not grow with the keys.
#include "../attention.h"

#include <cmath>

namespace {
constexpr int64_t kBlock = 512;

bool takes(int64_t keys, int64_t d) { return keys >= 1 && d >= 1; }
size_t packed_bytes(int64_t, int64_t) { return 0; }
size_t scratch_bytes(int64_t, int64_t) { return 0; }
int64_t pack_keys(int64_t keys) { return keys; }
void pack(const qv_attention_args *, int64_t, int64_t) {}

float score(const qv_attention_args *a, const float *q, const float *mask, const qv_attention_span &span, int64_t j) {
  if (j >= a->band.global && (j < span.begin || j >= span.end)) return -INFINITY;
  const float *k = a->k + j * a->k_ld;
  float dot = 0;
  for (int64_t c = 0; c < a->d; c++) dot += q[c] * k[c];
  return dot * a->scale + (mask ? mask[j] : 0.0f);
}

void row(const qv_attention_args *a, int64_t i) {
  const float *q = a->q + i * a->q_ld, *mask = qv_mask_of(a, i);
  float *out = a->out + i * a->out_ld;
  const qv_attention_span span = qv_span_of(a->band, a->keys, i);
  float top = -INFINITY, p[kBlock];
  for (int64_t j = 0; j < a->keys; j++) {
    const float s = score(a, q, mask, span, j);
    if (s > top) top = s;
  }
  for (int64_t c = 0; c < a->d; c++) out[c] = 0;
  float sum = 0;
  for (int64_t from = 0; from < a->keys; from += kBlock) {
    const int64_t n = a->keys - from < kBlock ? a->keys - from : kBlock;
    for (int64_t j = 0; j < n; j++) {
      const float s = score(a, q, mask, span, from + j);
      p[j] = s == -INFINITY ? 0 : std::exp(s - top);
      sum += p[j];
    }
    for (int64_t j = 0; j < n; j++) {
      const float *v = a->v + (from + j) * a->v_ld;
      for (int64_t c = 0; c < a->d; c++) out[c] += p[j] * v[c];
    }
  }
  const float norm = sum == 0 ? 0 : 1 / sum;
  for (int64_t c = 0; c < a->d; c++) out[c] *= norm;
}

void rows(const qv_attention_args *a, int64_t row0, int64_t row1) {
  for (int64_t i = row0; i < row1; i++) row(a, i);
}
}  // namespace

extern "C" const qv_attention_kernel qv_attention_scalar = {
    "attention_scalar", takes, 16, packed_bytes, scratch_bytes, pack_keys, nullptr, pack, rows};
