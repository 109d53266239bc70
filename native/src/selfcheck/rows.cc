// Checks norms, activations, softmax and quantization of rows, and the executor's row kernels.
#include <math.h>

#include "dispatch/row_kernels.h"
#include "exec/step.h"
#include "selfcheck/inputs.h"

namespace qv {
namespace {

constexpr int64_t kRows = 2;
constexpr int64_t kWidths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 33, 100};

// All outputs of a row kernel.
struct Outputs {
  float *floats, *scale;
  uint8_t* bytes;
  int32_t* zero;

  Outputs(Inputs& inputs, int64_t n)
      : floats(inputs.take<float>(kRows * n)), scale(inputs.take<float>(kRows)), bytes(inputs.take<uint8_t>(kRows * n)),
        zero(inputs.take<int32_t>(kRows)) {}

  bool same(const Outputs& other, int64_t n) const {
    return memcmp(floats, other.floats, static_cast<size_t>(kRows * n) * 4) == 0 &&
           memcmp(bytes, other.bytes, static_cast<size_t>(kRows * n)) == 0 && memcmp(scale, other.scale, kRows * 4) == 0 &&
           memcmp(zero, other.zero, kRows * 4) == 0;
  }
};

// Runs a kernel. output: 0 float, 1 bytes with a given range, 2 bytes with the row's own range.
void run(RowsKernel kernel, RowsCall call, int output, const Outputs& out, float* scratch) {
  call.out = {QV_OUT_FLOAT32, out.floats, call.n, 0, 0, nullptr, nullptr};
  if (output > 0) call.out = {QV_OUT_UINT8, out.bytes, call.n, 0.031f, 121, nullptr, nullptr};
  if (output == 2) {
    call.out.row_scale = out.scale;
    call.out.row_zero = out.zero;
  }
  kernel(&call, 0, kRows, scratch);
}

bool same_rows(RowsKernel own, RowsKernel twin, int64_t n, int activation, int output, Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(n * 8 + activation));
  RowsCall call = {};
  call.in = inputs.floats(kRows * n, -7, 7);
  call.stride = call.n = n;
  call.gamma = inputs.floats(n, -2, 2);
  call.beta = inputs.floats(n, -1, 1);
  call.epsilon = 1e-5f;
  call.activation = activation;
  call.alpha = 0.1f;
  auto* scratch = inputs.take<float>(n + 16);
  const Outputs first(inputs, n), second(inputs, n);
  run(own, call, output, first, scratch);
  run(twin, call, output, second, scratch);
  return first.same(second, n);
}

qv_status check_width(const KernelTable& table, const KernelTable& scalar, int64_t n, Inputs& inputs) {
  for (int output = 0; output < 3; output++) {
    const auto same = [&](RowsKernel own, RowsKernel twin, int act) { return same_rows(own, twin, n, act, output, inputs); };
    if (output > 0 && !same(table.quantize_rows, scalar.quantize_rows, QV_ACT_NONE)) return wrong(table, "quantize_rows", n);
    for (int act = QV_ACT_NONE; act <= QV_ACT_SILU; act++) {
      if (!same(table.activate, scalar.activate, act)) return wrong(table, "activate", n);
    }
    if (!same(table.layernorm, scalar.layernorm, QV_ACT_GELU)) return wrong(table, "layernorm", n);
    if (!same(table.softmax, scalar.softmax, QV_ACT_NONE)) return wrong(table, "softmax", n);
    if (!same(table.log_softmax, scalar.log_softmax, QV_ACT_NONE)) return wrong(table, "log_softmax", n);
  }
  return QV_OK;
}

bool same_bits(float a, float b) { return memcmp(&a, &b, sizeof a) == 0; }

// Compares the executor's kernels on one row of x, w and y.
bool same_row_kernels(const RowKernels& own, const RowKernels& twin, int64_t n, Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(n));
  const float *x = inputs.floats(n, -7, 7), *w = inputs.floats(n, -2, 2);
  auto *first = inputs.take<float>(n), *second = inputs.take<float>(n);
  const auto bytes = static_cast<size_t>(n) * sizeof(float);
  for (int act = ACT_NONE; act < ACT_COUNT; act++) {
    if (act == ACT_EXP || act == ACT_LOG || act == ACT_SIN || act == ACT_COS) continue;  // these four are the C library's
    own.activate(x, n, 1.5f, 60.0f, act, 0.1f, first);
    twin.activate(x, n, 1.5f, 60.0f, act, 0.1f, second);
    if (memcmp(first, second, bytes) != 0) return false;
  }
  float low[2] = {0, 0}, high[2] = {0, 0};
  own.range(x, n, &low[0], &high[0]);
  twin.range(x, n, &low[1], &high[1]);
  memcpy(first, x, bytes);
  memcpy(second, x, bytes);
  own.axpy(0.3f, w, n, first);
  twin.axpy(0.3f, w, n, second);
  return same_bits(low[0], low[1]) && same_bits(high[0], high[1]) && memcmp(first, second, bytes) == 0 &&
         same_bits(own.sum(x, n), twin.sum(x, n)) && same_bits(own.squares(x, n, 0.5f), twin.squares(x, n, 0.5f)) &&
         same_bits(own.dot(x, w, n), twin.dot(x, w, n));
}

bool same_taps(TapsKernel own, TapsKernel twin, int64_t n, Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(n));
  const float *x[] = {inputs.floats(n, -7, 7), inputs.floats(n, -7, 7), inputs.floats(n, -7, 7)};
  const float *w[] = {inputs.floats(n, -2, 2), inputs.floats(n, -2, 2), inputs.floats(n, -2, 2)};
  const float* starts[] = {nullptr, inputs.floats(n, -1, 1)};
  auto *first = inputs.take<float>(n), *second = inputs.take<float>(n);
  for (const float* start : starts) {
    own(x, w, 3, start, n, first);
    twin(x, w, 3, start, n, second);
    if (memcmp(first, second, static_cast<size_t>(n) * sizeof(float)) != 0) return false;
  }
  return true;
}

bool same_quantize(const RowKernels& own, const RowKernels& twin, int64_t n, Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(n));
  const float* x = inputs.floats(n, -7, 7);
  auto *first = inputs.take<uint8_t>(n), *second = inputs.take<uint8_t>(n);
  own.quantize(x, n, quant_of_range(-5, 6), first);
  twin.quantize(x, n, quant_of_range(-5, 6), second);
  return memcmp(first, second, static_cast<size_t>(n)) == 0;
}

}  // namespace

qv_status check_rows(const KernelTable& table, const KernelTable& scalar, Inputs& inputs) {
  for (int64_t n : kWidths) {
    const qv_status status = check_width(table, scalar, n, inputs);
    if (status != QV_OK) return status;
    if (!same_row_kernels(*table.rows, *scalar.rows, n, inputs) || !same_quantize(*table.rows, *scalar.rows, n, inputs)) {
      return wrong(table, "rows", n);
    }
    if (!same_taps(table.taps, scalar.taps, n, inputs)) return wrong(table, "taps", n);
  }
  return QV_OK;
}

}  // namespace qv
