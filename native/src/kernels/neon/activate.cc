// See scalar/activate.cc.
#include "kernels/neon/row_output.h"

namespace qv_neon {

void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    for (int64_t i = 0; i < call->n; i += 16) {
      const int64_t lanes = call->n - i;
      store(y + i, lanes, activate16(load(x + i, lanes), call->activation, call->alpha));
    }
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_neon
