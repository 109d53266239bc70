// Checks products of int8, float and bfloat16 weights with their packing and epilogues, and codes of fewer bits.
#include <math.h>

#include "ops/gemm.h"
#include "selfcheck/inputs.h"

namespace qv {
namespace {

struct Sizes {
  int m, n, k, bits;
  int64_t outputs() const { return static_cast<int64_t>(m) * n; }
};

// The weights of the tier and of scalar, which are freed at the end.
struct Pair {
  PackedMatrix *own = nullptr, *twin = nullptr;
  Pair() = default;
  ~Pair() {
    if (own) release(own);
    if (twin) release(twin);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
};

qv_status multiply(const GemmCall& call, const PackedMatrix& w, int rows, void* out) {
  void* scratch = allocate(gemm_scratch(w, rows));
  if (!scratch) return fail(QV_OUT_OF_MEMORY, "no memory to check kernels");
  GemmCall to = call;
  to.out = out;
  gemm(to, w, rows, 0, w.panels, static_cast<char*>(scratch));
  release(scratch);
  return QV_OK;
}

// Runs both products.
qv_status multiply(const GemmCall& call, const Pair& w, int rows, void* own, void* twin) {
  const qv_status status = multiply(call, *w.own, rows, own);
  return status == QV_OK ? multiply(call, *w.twin, rows, twin) : status;
}

// Returns a call that writes plain floats, in which every bit of the sums shows, or one with activation, output and
// residual that depend on the sizes.
GemmCall call_of(const Sizes& s, bool plain, Inputs& inputs) {
  GemmCall call = {};
  call.ldc = s.n;
  if (plain) return call;
  call.activation = s.m % 5;
  call.alpha = 0.125f;
  if (s.m % 2) {
    call.residual = inputs.floats(s.outputs(), -2, 2);
    call.ldr = s.n;
    call.mul = s.n % 2 ? 0.5f : 1.0f;
  }
  if (s.m % 3 == 0) {
    call.output = QV_OUT_UINT8;
    call.out_scale = 0.05f;
    call.out_zero = 93;
  }
  return call;
}

qv_status check_int8(const KernelTable& table, const KernelTable& scalar, const Sizes& s, bool plain, Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(s.m * 31 + s.n * 7 + s.k + s.bits));
  const int most = (1 << (s.bits - 1)) - 1;
  const S8Weights weights = {inputs.bytes<int8_t>(static_cast<int64_t>(s.n) * s.k, -most, most), s.n, s.k, s.k, 1,
                             inputs.floats(s.n, 1e-4f, 2e-2f), inputs.floats(s.n, -3, 3), s.bits, nullptr};
  Pair w;
  qv_status status = create_s8_matrix(table, weights, &w.own);
  if (status == QV_OK) status = create_s8_matrix(scalar, weights, &w.twin);
  if (status != QV_OK) return status;
  GemmCall call = call_of(s, plain, inputs);
  call.a = inputs.bytes<uint8_t>(static_cast<int64_t>(s.m) * s.k, 0, 255);
  call.a_stride = s.k;
  call.per_row = s.m % 4 != 0;
  call.scale = inputs.floats(s.m, 1e-3f, 1e-1f);
  auto* zero = inputs.take<int32_t>(s.m);
  for (int i = 0; i < s.m; i++) zero[i] = static_cast<int32_t>(inputs.next() % 256);
  call.zero = zero;
  auto *own = inputs.take<float>(s.outputs()), *twin = inputs.take<float>(s.outputs());
  status = multiply(call, w, s.m, own, twin);
  if (status != QV_OK || memcmp(own, twin, static_cast<size_t>(s.outputs()) * sizeof(float)) == 0) return status;
  return wrong(table, s.bits == 8 ? "qgemm" : "unpack", s.m);
}

// Compares results of bfloat16 to a tolerance, since its instruction has a rounding of its own.
bool near(const float* own, const float* twin, int64_t count, float tolerance) {
  for (int64_t i = 0; i < count; i++) {
    if (!(fabsf(own[i] - twin[i]) <= tolerance)) return false;
  }
  return true;
}

qv_status check_float(const KernelTable& table, const KernelTable& scalar, const Sizes& s, qv_precision precision,
                      Inputs& inputs) {
  inputs.begin(static_cast<uint32_t>(s.m * 31 + s.n * 7 + s.k));
  const FloatWeights weights = {inputs.floats(static_cast<int64_t>(s.n) * s.k, -1, 1), s.n, s.k, s.k, 1,
                                inputs.floats(s.n, -1, 1)};
  Pair w;
  qv_status status = create_float_matrix(table, weights, precision, &w.own);
  if (status == QV_OK) status = create_float_matrix(scalar, weights, precision, &w.twin);
  if (status != QV_OK) return status;
  GemmCall call = {};
  call.a = inputs.floats(static_cast<int64_t>(s.m) * s.k, -1, 1);
  call.a_stride = s.k * 4;
  call.ldc = s.n;
  auto *own = inputs.take<float>(s.outputs()), *twin = inputs.take<float>(s.outputs());
  status = multiply(call, w, s.m, own, twin);
  if (status != QV_OK) return status;
  const float tolerance = precision == QV_BFLOAT16 && table.bgemm ? static_cast<float>(s.k) / 256 : 0;
  if (near(own, twin, s.outputs(), tolerance)) return QV_OK;
  return wrong(table, precision == QV_BFLOAT16 ? "bgemm" : "sgemm", s.m);
}

}  // namespace

qv_status check_products(const KernelTable& table, const KernelTable& scalar, Inputs& inputs) {
  qv_status status = QV_OK;
  const int nr = table.qgemm->nr;
  for (int m = 1; m <= table.qgemm->mr + 3 && status == QV_OK; m++) {
    status = check_int8(table, scalar, {m, nr + m % nr, 61 + m, 8}, true, inputs);
    if (status == QV_OK) status = check_int8(table, scalar, {m, nr + m % nr, 61 + m, 8}, false, inputs);
  }
  for (int bits = 2; bits <= 7 && status == QV_OK; bits++) {
    status = check_int8(table, scalar, {3, nr + 1, 130, bits}, true, inputs);
  }
  if (status == QV_OK) status = check_int8(table, scalar, {2, 17, 3000, 8}, true, inputs);
  for (int m = 1; m <= table.sgemm->mr + 3 && status == QV_OK; m++) {
    status = check_float(table, scalar, {m, table.sgemm->nr + m, 29 + m, 32}, QV_FLOAT32, inputs);
    if (status == QV_OK) status = check_float(table, scalar, {m, table.sgemm->nr + m, 29 + m, 16}, QV_BFLOAT16, inputs);
  }
  return status;
}

}  // namespace qv
