// The C interface: int8 weights and products.
#include "ops/qgemm.h"

#include "dispatch/tier.h"
#include "memory/error.h"
#include "memory/memory.h"
#include "quantvoice.h"

extern "C" {

qv_status qv_s8_matrix_create(const int8_t* w, int64_t n, int64_t k, int64_t ldw, const float* scale, const float* bias,
                              qv_s8_matrix** matrix) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (!matrix) return qv::fail(QV_INVALID_ARGUMENT, "the place for the matrix is NULL");
  return qv::create_s8_matrix(*table, {w, n, k, ldw, scale, bias}, matrix);
}

void qv_s8_matrix_free(qv_s8_matrix* matrix) { qv::release(matrix); }

int64_t qv_s8_matrix_bytes(const qv_s8_matrix* matrix) { return matrix ? matrix->bytes : 0; }

qv_status qv_qgemm_u8s8(qv_pool* pool, const qv_u8_rows* a, const qv_s8_matrix* w, const qv_epilogue* epilogue, void* out,
                        int64_t ldc) {
  if (!pool || !a || !w || !epilogue) return qv::fail(QV_INVALID_ARGUMENT, "an argument of qgemm is NULL");
  qv::Turn turn(*reinterpret_cast<qv::ThreadPool*>(pool));
  return qv::qgemm_u8s8(turn, *a, *w, *epilogue, out, ldc);
}

}  // extern "C"
