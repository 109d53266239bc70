#include "ops/rows.h"

#include "memory/error.h"
#include "memory/memory.h"

namespace qv {
namespace {

struct Job {
  RowsCall call;
  RowsKernel kernel;
};

void run_share(void* context, int begin, int end, int, void* scratch) {
  const Job& job = *static_cast<const Job*>(context);
  job.kernel(&job.call, begin, end, static_cast<float*>(scratch));
}

qv_status check(const qv_rows& rows) {
  if (!rows.data || !rows.out) return fail(QV_INVALID_ARGUMENT, "rows or their output are NULL");
  if (rows.m < 0 || rows.m > INT32_MAX || rows.n < 1 || rows.stride < 0 || rows.ldo < rows.n) {
    return fail(QV_INVALID_ARGUMENT, "rows [%lld, %lld] every %lld elements to rows every %lld",
                static_cast<long long>(rows.m), static_cast<long long>(rows.n), static_cast<long long>(rows.stride),
                static_cast<long long>(rows.ldo));
  }
  if (rows.output == QV_OUT_FLOAT32) return QV_OK;
  if (rows.output != QV_OUT_UINT8) {
    return fail(QV_INVALID_ARGUMENT, "output type %d of a row operation, not float32 or uint8", rows.output);
  }
  if (rows.row_scale) {
    return rows.row_zero ? QV_OK : fail(QV_INVALID_ARGUMENT, "there is room for scales of rows, but none for zero points");
  }
  if (rows.scale > 0 && rows.zero >= 0 && rows.zero <= 255) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "output scale %g with zero point %d, not above 0 with 0..255",
              static_cast<double>(rows.scale), rows.zero);
}

qv_status check_activation(int activation) {
  if (activation >= QV_ACT_NONE && activation <= QV_ACT_SILU) return QV_OK;
  return fail(QV_INVALID_ARGUMENT, "activation %d is unknown", activation);
}

qv_status run(Turn& turn, const qv_rows& rows, Job& job) {
  const qv_status status = check(rows);
  if (status != QV_OK) return status;
  const size_t scratch = rows.output == QV_OUT_FLOAT32 ? 0 : row_scratch(rows.n);
  return turn.parallel_for(static_cast<int>(rows.m), scratch, run_share, &job);
}

}  // namespace

RowsCall rows_call(const qv_rows& rows) {
  RowsCall call = {};
  call.in = rows.data;
  call.stride = rows.stride;
  call.n = rows.n;
  call.out = {rows.output, rows.out, rows.ldo, rows.scale, rows.zero, rows.row_scale, rows.row_zero};
  return call;
}

size_t row_scratch(int64_t n) { return round_up(static_cast<size_t>(n) * sizeof(float), kAlignment); }

qv_status quantize_rows(Turn& turn, const KernelTable& table, const qv_rows& rows) {
  if (rows.output != QV_OUT_UINT8) return fail(QV_INVALID_ARGUMENT, "quantize_rows to type %d, not uint8", rows.output);
  Job job = {rows_call(rows), table.quantize_rows};
  return run(turn, rows, job);
}

qv_status layernorm(Turn& turn, const KernelTable& table, const qv_rows& rows, const LayerNorm& norm) {
  const qv_status status = check_activation(norm.activation);
  if (status != QV_OK) return status;
  if (!(norm.epsilon >= 0)) {
    return fail(QV_INVALID_ARGUMENT, "epsilon %g of a layer norm", static_cast<double>(norm.epsilon));
  }
  Job job = {rows_call(rows), table.layernorm};
  job.call.gamma = norm.gamma;
  job.call.beta = norm.beta;
  job.call.epsilon = norm.epsilon;
  job.call.activation = norm.activation;
  return run(turn, rows, job);
}

qv_status activate(Turn& turn, const KernelTable& table, const qv_rows& rows, qv_activation activation, float alpha) {
  const qv_status status = check_activation(activation);
  if (status != QV_OK) return status;
  Job job = {rows_call(rows), table.activate};
  job.call.activation = activation;
  job.call.alpha = alpha;
  return run(turn, rows, job);
}

qv_status softmax(Turn& turn, const KernelTable& table, const qv_rows& rows) {
  Job job = {rows_call(rows), table.softmax};
  return run(turn, rows, job);
}

qv_status log_softmax(Turn& turn, const KernelTable& table, const qv_rows& rows) {
  Job job = {rows_call(rows), table.log_softmax};
  return run(turn, rows, job);
}

}  // namespace qv
