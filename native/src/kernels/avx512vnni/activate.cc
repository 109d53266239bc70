// See scalar/activate.cc.
#include "kernels/avx512vnni/row_output.h"

namespace qv_avx512vnni {

void activate(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  const __m512 alpha = set(call->alpha);
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    for (int64_t i = 0; i < call->n; i += 16) {
      const __mmask16 mask = rest(call->n - i);
      _mm512_mask_storeu_ps(y + i, mask, activate16(_mm512_maskz_loadu_ps(mask, x + i), call->activation, alpha));
    }
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_avx512vnni
