// The specification of softmax and log_softmax. A row of -inf alone gives 0, or -inf; a NaN makes its row NaN.
#include <math.h>

#include "kernels/scalar/row_output.h"

namespace qv_scalar {
namespace {

// Returns the largest value, or 0 if that is -inf, so that differences are not NaN.
float largest(const float* x, int64_t n) {
  float top = -INFINITY;
  for (int64_t i = 0; i < n; i++) top = max1(x[i], top);
  return top == -INFINITY ? 0.0f : top;
}

// Returns the sum of exp(x - top), and stores its terms in e unless that is NULL.
double sum_of_exp(const float* x, int64_t n, float top, float* e) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    float lanes[16] = {};
    for (int64_t i = block; i < end; i++) {
      const float term = exp1(x[i] - top);
      if (e) e[i] = term;
      lanes[i % 16] = lanes[i % 16] + term;
    }
    total += static_cast<double>(fold16(lanes));
  }
  return total;
}

}  // namespace

void softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const double total = sum_of_exp(x, call->n, largest(x, call->n), y);
    const float factor = total == 0 ? 0.0f : static_cast<float>(1.0 / total);
    for (int64_t i = 0; i < call->n; i++) y[i] = y[i] * factor;
    write_row(call->out, row, y, call->n);
  }
}

void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const float top = largest(x, call->n);
    const double total = sum_of_exp(x, call->n, top, nullptr);
    const float less = total == 0 ? INFINITY : static_cast<float>(log(total));
    for (int64_t i = 0; i < call->n; i++) y[i] = (x[i] - top) - less;
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_scalar
