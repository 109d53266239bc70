/*
 * The parts of quantvoice.h that take structs, with plain arguments, for the Java binding: no struct then has to be built
 * in native memory by Java. Included after quantvoice.h by the generated binding only.
 */
#ifndef QUANTVOICE_FLAT_H
#define QUANTVOICE_FLAT_H

#include "quantvoice.h"

static inline int qv_flat_pool_create(int32_t threads, int64_t* handle) {
  qv_pool* pool = 0;
  const qv_status status = qv_pool_create(threads, &pool);
  *handle = (int64_t)pool;
  return status;
}

static inline int qv_flat_s8_matrix_create(const int8_t* w, int64_t n, int64_t k, int64_t ldw, int32_t bits,
                                           const int8_t* levels, const float* scale, const float* bias,
                                           int64_t* handle) {
  qv_s8_matrix* matrix = 0;
  const qv_status status = qv_s8_matrix_create(w, n, k, ldw, bits, levels, scale, bias, &matrix);
  *handle = (int64_t)matrix;
  return status;
}

static inline double qv_flat_peak_gops(int64_t pool, int32_t kind) { return qv_peak_gops((qv_pool*)pool, kind); }

static inline void qv_flat_pool_free(int64_t pool) { qv_pool_free((qv_pool*)pool); }

static inline void qv_flat_s8_matrix_free(int64_t matrix) { qv_s8_matrix_free((qv_s8_matrix*)matrix); }

static inline int64_t qv_flat_s8_matrix_bytes(int64_t matrix) { return qv_s8_matrix_bytes((qv_s8_matrix*)matrix); }

static inline int64_t qv_flat_s8_matrix_content(int64_t matrix, void* to, int64_t bytes) {
  return qv_s8_matrix_content((const qv_s8_matrix*)matrix, to, bytes);
}

static inline int qv_flat_s8_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, int32_t bits,
                                            const int8_t* levels, int64_t* handle) {
  qv_s8_matrix* matrix = 0;
  const qv_status status = qv_s8_matrix_restore(data, bytes, n, k, bits, levels, &matrix);
  *handle = (int64_t)matrix;
  return status;
}

#endif
