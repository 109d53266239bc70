// The C interface: operations on rows.
#include "ops/rows.h"

#include "dispatch/tier.h"
#include "memory/error.h"
#include "quantvoice.h"

namespace {

// Runs an operation of the tier in use, on a turn of the pool.
template <typename Operation>
qv_status on_pool(qv_pool* pool, const qv_rows* rows, Operation operation) {
  const qv::KernelTable* table = qv::kernels();
  if (!table) return qv::fail(QV_INVALID_STATE, "qv_init was not called");
  if (!pool || !rows) return qv::fail(QV_INVALID_ARGUMENT, "the pool or the rows are NULL");
  qv::Turn turn(*reinterpret_cast<qv::ThreadPool*>(pool));
  return operation(turn, *table);
}

}  // namespace

extern "C" {

qv_status qv_quantize_rows(qv_pool* pool, const qv_rows* rows) {
  return on_pool(pool, rows, [=](qv::Turn& t, const qv::KernelTable& k) { return qv::quantize_rows(t, k, *rows); });
}

qv_status qv_layernorm(qv_pool* pool, const qv_rows* rows, const float* gamma, const float* beta, float epsilon,
                       qv_activation activation) {
  const qv::LayerNorm norm = {gamma, beta, epsilon, activation};
  return on_pool(pool, rows, [=](qv::Turn& t, const qv::KernelTable& k) { return qv::layernorm(t, k, *rows, norm); });
}

qv_status qv_activate(qv_pool* pool, const qv_rows* rows, qv_activation activation, float alpha) {
  return on_pool(pool, rows,
                 [=](qv::Turn& t, const qv::KernelTable& k) { return qv::activate(t, k, *rows, activation, alpha); });
}

qv_status qv_softmax(qv_pool* pool, const qv_rows* rows) {
  return on_pool(pool, rows, [=](qv::Turn& t, const qv::KernelTable& k) { return qv::softmax(t, k, *rows); });
}

qv_status qv_log_softmax(qv_pool* pool, const qv_rows* rows) {
  return on_pool(pool, rows, [=](qv::Turn& t, const qv::KernelTable& k) { return qv::log_softmax(t, k, *rows); });
}

}  // extern "C"
