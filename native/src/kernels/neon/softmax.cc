// See scalar/softmax.cc.
#include <math.h>

#include "kernels/neon/row_output.h"

namespace qv_neon {
namespace {

float largest(const float* x, int64_t n) {
  Floats top = set(-INFINITY);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) top = larger(load(x + i, 16), top);
  float value = reduce_max(top);
  for (; i < n; i++) value = x[i] > value ? x[i] : value;
  return value == -INFINITY ? 0.0f : value;
}

double sum_of_exp(const float* x, int64_t n, float top, float* e) {
  double total = 0;
  for (int64_t block = 0; block < n; block += qv::kSumBlock) {
    const int64_t end = block + qv::kSumBlock < n ? block + qv::kSumBlock : n;
    Floats lanes = set(0);
    for (int64_t i = block; i < end; i += 16) {
      const Floats term = keep(exp16(subtract(load(x + i, end - i), set(top))), end - i);
      if (e) store(e + i, end - i, term);
      lanes = add(lanes, term);
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
    const Floats factor = set(total == 0 ? 0.0f : static_cast<float>(1.0 / total));
    for (int64_t i = 0; i < call->n; i += 16) {
      store(y + i, call->n - i, multiply(load(y + i, call->n - i), factor));
    }
    write_row(call->out, row, y, call->n);
  }
}

void log_softmax(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  for (int64_t row = begin; row < end; row++) {
    const float* x = call->in + row * call->stride;
    float* y = float_row(call->out, row, scratch);
    const float top = largest(x, call->n);
    const double total = sum_of_exp(x, call->n, top, nullptr);
    const Floats less = set(total == 0 ? INFINITY : static_cast<float>(log(total)));
    for (int64_t i = 0; i < call->n; i += 16) {
      store(y + i, call->n - i, subtract(subtract(load(x + i, call->n - i), set(top)), less));
    }
    write_row(call->out, row, y, call->n);
  }
}

}  // namespace qv_neon
