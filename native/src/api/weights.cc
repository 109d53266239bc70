// The part of the C interface with packed weights.
#include <string.h>

#include "dispatch/tier.h"
#include "memory/error.h"
#include "memory/handles.h"
#include "memory/memory.h"
#include "ops/packed_matrix.h"
#include "quantvoice.h"

namespace {

const qv::PackedMatrix& matrix_of(const void* matrix) { return *static_cast<const qv::PackedMatrix*>(matrix); }

qv_status check_create(const void* place) {
  if (!qv::kernels()) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  return place ? QV_OK : qv::fail(QV_INVALID_ARGUMENT, "the place for the matrix is NULL");
}

qv_status check_stride(int64_t k, int64_t ldw) {
  if (ldw >= k) return QV_OK;
  return qv::fail(QV_INVALID_ARGUMENT, "weight rows of %lld elements every %lld", static_cast<long long>(k),
                  static_cast<long long>(ldw));
}

// Registers new weights, so that programs can name them; frees them if that fails.
qv_status publish(qv_status status, qv::PackedMatrix* made, qv::HandleKind kind) {
  if (status != QV_OK || qv::add_handle(made, kind, static_cast<size_t>(made->bytes), qv::release)) return status;
  qv::release(made);
  return qv::fail(QV_OUT_OF_MEMORY, "no memory to register weights");
}

qv_status restore(const qv::PackedContent& content, qv::HandleKind kind, qv::PackedMatrix** made) {
  const qv_status status = qv::restore_matrix(*qv::kernels(), content, made);
  return publish(status, *made, kind);
}

int64_t content(const void* matrix, void* to, int64_t bytes) {
  if (!matrix) return 0;
  const qv::PackedContent content = qv::content_of(matrix_of(matrix));
  if (to && bytes >= content.bytes) memcpy(to, content.data, static_cast<size_t>(content.bytes));
  return content.bytes;
}

}  // namespace

extern "C" {

qv_status qv_s8_matrix_create(const int8_t* w, int64_t n, int64_t k, int64_t ldw, int32_t bits, const int8_t* levels,
                              const float* scale, const float* bias, qv_s8_matrix** matrix) {
  qv_status status = check_create(matrix);
  if (status == QV_OK) status = check_stride(k, ldw);
  if (status != QV_OK) return status;
  qv::PackedMatrix* made = nullptr;
  status = qv::create_s8_matrix(*qv::kernels(), {w, n, k, ldw, 1, scale, bias, bits, levels}, &made);
  status = publish(status, made, qv::HandleKind::kS8Matrix);
  if (status == QV_OK) *matrix = reinterpret_cast<qv_s8_matrix*>(made);
  return status;
}

int64_t qv_packed_bytes(int64_t n, int64_t k, int32_t bits) {
  const bool width = (bits >= 2 && bits <= 8) || bits == 16 || bits == 32;
  if (!qv::kernels() || !width || n < 1 || n > INT32_MAX || k < 1 || k > INT32_MAX) return 0;
  return static_cast<int64_t>(qv::packed_bytes(*qv::kernels(), n, k, bits));
}

int64_t qv_s8_matrix_content(const qv_s8_matrix* matrix, void* to, int64_t bytes) {
  return content(matrix, to, bytes);
}

int64_t qv_float_matrix_content(const qv_float_matrix* matrix, void* to, int64_t bytes) {
  return content(matrix, to, bytes);
}

qv_status qv_s8_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, int32_t bits, const int8_t* levels,
                               qv_s8_matrix** matrix) {
  qv_status status = check_create(matrix);
  if (status == QV_OK && bits > 8) status = qv::fail(QV_INVALID_ARGUMENT, "weights of %d bits, not 2..8", bits);
  if (status != QV_OK) return status;
  qv::PackedMatrix* made = nullptr;
  status = restore({data, bytes, n, k, bits, levels}, qv::HandleKind::kS8Matrix, &made);
  if (status == QV_OK) *matrix = reinterpret_cast<qv_s8_matrix*>(made);
  return status;
}

qv_status qv_float_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, qv_precision precision,
                                  qv_float_matrix** matrix) {
  qv_status status = check_create(matrix);
  if (status == QV_OK) status = qv::check_precision(precision);
  if (status != QV_OK) return status;
  const bool floats = precision == QV_FLOAT32;
  qv::PackedMatrix* made = nullptr;
  status = restore({data, bytes, n, k, floats ? 32 : 16, nullptr},
                   floats ? qv::HandleKind::kF32Matrix : qv::HandleKind::kBf16Matrix, &made);
  if (status == QV_OK) *matrix = reinterpret_cast<qv_float_matrix*>(made);
  return status;
}

void qv_s8_matrix_free(qv_s8_matrix* matrix) { qv::release_handle(matrix); }

int64_t qv_s8_matrix_bytes(const qv_s8_matrix* matrix) { return matrix ? matrix_of(matrix).bytes : 0; }

qv_status qv_float_matrix_create(const float* w, int64_t n, int64_t k, int64_t ldw, const float* bias,
                                 qv_precision precision, qv_float_matrix** matrix) {
  qv_status status = check_create(matrix);
  if (status == QV_OK) status = check_stride(k, ldw);
  if (status != QV_OK) return status;
  qv::PackedMatrix* made = nullptr;
  status = qv::create_float_matrix(*qv::kernels(), {w, n, k, ldw, 1, bias}, precision, &made);
  const bool floats = precision == QV_FLOAT32;
  status = publish(status, made, floats ? qv::HandleKind::kF32Matrix : qv::HandleKind::kBf16Matrix);
  if (status == QV_OK) *matrix = reinterpret_cast<qv_float_matrix*>(made);
  return status;
}

void qv_float_matrix_free(qv_float_matrix* matrix) { qv::release_handle(matrix); }

int64_t qv_float_matrix_bytes(const qv_float_matrix* matrix) { return matrix ? matrix_of(matrix).bytes : 0; }

}  // extern "C"
