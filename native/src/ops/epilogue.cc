#include "ops/epilogue.h"

#include "memory/error.h"

namespace qv {

qv_status check_epilogue(const qv_epilogue& epilogue, const void* out, int64_t ldc, int64_t n) {
  if (!out) return fail(QV_INVALID_ARGUMENT, "the output is NULL");
  if (ldc < n) {
    return fail(QV_INVALID_ARGUMENT, "output rows of %lld elements every %lld", static_cast<long long>(n),
                static_cast<long long>(ldc));
  }
  if (epilogue.residual && epilogue.ldr < n) {
    return fail(QV_INVALID_ARGUMENT, "residual rows of %lld elements every %lld", static_cast<long long>(n),
                static_cast<long long>(epilogue.ldr));
  }
  if (epilogue.activation < QV_ACT_NONE || epilogue.activation > QV_ACT_SILU || epilogue.output < QV_OUT_FLOAT32 ||
      epilogue.output > QV_OUT_INT32) {
    return fail(QV_INVALID_ARGUMENT, "activation %d or output type %d is unknown", epilogue.activation, epilogue.output);
  }
  if (epilogue.output == QV_OUT_UINT8 || epilogue.output == QV_OUT_INT8) {
    const int low = epilogue.output == QV_OUT_INT8 ? -128 : 0;
    if (!(epilogue.scale > 0) || epilogue.zero < low || epilogue.zero > low + 255) {
      return fail(QV_INVALID_ARGUMENT, "output scale %g with zero point %d, not above 0 with %d..%d", epilogue.scale,
                  epilogue.zero, low, low + 255);
    }
  }
  return QV_OK;
}

void begin_tile(const qv_epilogue& epilogue, int64_t ldc, EpilogueTile* tile) {
  const bool quantizes = epilogue.output == QV_OUT_UINT8 || epilogue.output == QV_OUT_INT8;
  tile->ldr = epilogue.ldr;
  tile->ldc = ldc;
  tile->activation = epilogue.activation;
  tile->alpha = epilogue.alpha;
  tile->output = epilogue.output;
  tile->inverse_scale = quantizes ? 1.0f / epilogue.scale : 1.0f;
  tile->zero = quantizes ? epilogue.zero : 0;
}

size_t output_bytes(qv_output output) {
  switch (output) {
    case QV_OUT_UINT8:
    case QV_OUT_INT8: return 1;
    case QV_OUT_BFLOAT16: return 2;
    default: return 4;
  }
}

void place_tile(const qv_epilogue& epilogue, void* out, int64_t row, int64_t col, EpilogueTile* tile) {
  tile->out = static_cast<char*>(out) + (row * tile->ldc + col) * static_cast<int64_t>(output_bytes(epilogue.output));
  tile->residual = epilogue.residual ? epilogue.residual + row * epilogue.ldr + col : nullptr;
}

}  // namespace qv
