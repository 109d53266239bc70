// The specification of activate: GELU and its kin, with or without quantization.
#include "kernels/scalar/row_output.h"

namespace qv_scalar {

void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    for (int64_t i = 0; i < call->n; i++) y[i] = activate1(x[i], call->activation, call->alpha);
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_scalar
