// Float products: sgemm to the bit on every tier; bgemm to the tolerance of bfloat16 sums.
//
//   fgemm_test                        corner shapes and a sample of the rest
//   fgemm_test TIER M N K PRECISION   one shape
#include <math.h>
#include <string.h>

#include "check.h"
#include "kernels/fused.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "kernels/scalar/vector_math.h"
#include "memory/memory.h"
#include "ops/bfloat16.h"
#include "products.h"
#include "random.h"

namespace {

constexpr int kRows[] = {1, 2, 5, 6, 7, 13, 14, 15, 33, 100};
constexpr int kColumns[] = {1, 15, 16, 17, 31, 32, 33, 65, 300};
constexpr int kDepths[] = {1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 65, 200, 513};

long cases = 0;

struct Case {
  int m, n, k;
  int64_t lda;
  Guarded<float> a, w, bias, residual;

  Case(int rows, int columns, int depth)
      : m(rows), n(columns), k(depth), lda((rows + columns) % 3 ? depth : (depth + 1) / 2),
        a(static_cast<size_t>((rows - 1) * lda + depth)), w(static_cast<size_t>(columns) * depth), bias(columns),
        residual(static_cast<size_t>(rows) * columns) {
    Random random(static_cast<uint64_t>(rows * 1000003 + columns * 1009 + depth));
    for (size_t i = 0; i < a.size(); i++) a[i] = random.uniform(-1, 1);
    for (size_t i = 0; i < w.size(); i++) w[i] = random.uniform(-1, 1);
    for (size_t i = 0; i < bias.size(); i++) bias[i] = random.uniform(-1, 1);
    for (size_t i = 0; i < residual.size(); i++) residual[i] = random.uniform(-1, 1);
  }

  float chain(int i, int j) const {
    float sum = 0;
    for (int x = 0; x < k; x++) {
      sum = qv::fused(a[static_cast<size_t>(i * lda + x)], w[static_cast<size_t>(j) * k + x], sum);
    }
    return sum;
  }

  // With weights in bfloat16; and what rounding the activations too, and sums to float, may do at most.
  double rounded(int i, int j, double* tolerance) const {
    double sum = 0, size = 0;
    for (int x = 0; x < k; x++) {
      const double left = static_cast<double>(a[static_cast<size_t>(i * lda + x)]);
      const double product = left * static_cast<double>(qv::from_bfloat16(qv::to_bfloat16(w[static_cast<size_t>(j) * k + x])));
      sum += product;
      size += fabs(product);
    }
    *tolerance = 1e-6 * (size + 1) + size / 256;
    return sum;
  }
};

void check_float(const Case& c, const float* out, bool epilogue) {
  int wrong = 0;
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) {
      float x = c.chain(i, j) + c.bias[j];
      if (epilogue) x = qv::fused(qv_scalar::gelu1(x), 0.5f, c.residual[static_cast<size_t>(i) * c.n + j]);
      wrong += memcmp(&x, out + static_cast<size_t>(i) * c.n + j, 4) != 0;
    }
  }
  CHECK(wrong == 0, "%d elements differ from the specification", wrong);
}

void check_bfloat16(const Case& c, const float* out) {
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) {
      double tolerance;
      const double expected = c.rounded(i, j, &tolerance) + static_cast<double>(c.bias[j]);
      const double got = static_cast<double>(out[static_cast<size_t>(i) * c.n + j]);
      CHECK(fabs(got - expected) <= tolerance, "[%d, %d] is %g, not %g +- %g", i, j, got, expected, tolerance);
    }
  }
}

qv::GemmCall call_for(const Case& c, float* out) {
  qv::GemmCall call = {};
  call.a = c.a.data();
  call.a_stride = c.lda * 4;
  call.out = out;
  call.ldc = c.n;
  return call;
}

void run(Case& c, const qv::KernelTable& table, qv_precision weights, int parts) {
  SUBJECT("%s m=%d n=%d k=%d lda=%lld precision=%d parts=%d", table.name, c.m, c.n, c.k, static_cast<long long>(c.lda),
          weights, parts);
  REPRODUCE("fgemm_test %s %d %d %d %d", table.name, c.m, c.n, c.k, weights);
  qv::PackedMatrix* matrix = nullptr;
  CHECK(qv::create_float_matrix(table, {c.w.data(), c.n, c.k, c.k, 1, c.bias.data()}, weights, &matrix) == QV_OK, "pack");
  if (!matrix) return;
  Guarded<float> out(static_cast<size_t>(c.m) * c.n);
  qv::GemmCall call = call_for(c, out.data());
  run_product(call, *matrix, c.m, parts);
  if (weights == QV_BFLOAT16) {
    check_bfloat16(c, out.data());
  } else {
    check_float(c, out.data(), false);
    call.activation = QV_ACT_GELU;
    call.residual = c.residual.data();
    call.ldr = c.n;
    call.mul = 0.5f;
    run_product(call, *matrix, c.m, parts);
    check_float(c, out.data(), true);
  }
  qv::release(matrix);
  cases++;
}

void run_tiers(int m, int n, int k, const char* only, int precision) {
  Case c(m, n, k);
  const qv::TierList& tiers = qv::supported_tiers();
  for (int t = 0; t < tiers.count; t++) {
    if (only && strcmp(only, tiers.tables[t].name) != 0) continue;
    for (int p = 0; p < 2; p++) {
      if (precision >= 0 && p != precision) continue;
      for (int parts = 1; parts <= 2; parts++) run(c, tiers.tables[t], static_cast<qv_precision>(p), parts);
    }
  }
}

// Weights read along their columns, as for a transposed operand, and a matrix placed in the caller's memory.
void run_transposed() {
  Case c(9, 21, 37);
  Guarded<float> turned(c.w.size());
  for (int j = 0; j < c.n; j++) {
    for (int x = 0; x < c.k; x++) turned[static_cast<size_t>(x) * c.n + j] = c.w[static_cast<size_t>(j) * c.k + x];
  }
  const qv::TierList& tiers = qv::supported_tiers();
  for (int t = 0; t < tiers.count; t++) {
    SUBJECT("%s transposed weights", tiers.tables[t].name);
    void* memory = qv::allocate(qv::packed_bytes(*tiers.tables[t].sgemm, c.n, c.k));
    qv::PackedMatrix* matrix = nullptr;
    CHECK(qv::place_float_matrix(tiers.tables[t], {turned.data(), c.n, c.k, 1, c.n, c.bias.data()}, QV_FLOAT32, memory,
                                 &matrix) == QV_OK, "place");
    Guarded<float> out(static_cast<size_t>(c.m) * c.n);
    run_product(call_for(c, out.data()), *matrix, c.m, 1);
    check_float(c, out.data(), false);
    qv::release(memory);
    cases++;
  }
}

// Every remainder that a tile or a vector can leave, in each of the three sizes.
void run_tails() {
  for (int tail = 1; tail <= 64; tail++) {
    run_tiers(tail, 33, 17, nullptr, -1);
    run_tiers(3, tail, 33, nullptr, -1);
    run_tiers(5, 19, tail, nullptr, -1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6) {
    run_tiers(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), argv[1], atoi(argv[5]));
    return check::report("fgemm", cases);
  }
  run_transposed();
  run_tails();
  int index = 0;
  for (int m : kRows) {
    for (int n : kColumns) {
      for (int k : kDepths) {
        const bool corner = (m == 1 || m == 33) && (n == 1 || n == 65) && (k == 1 || k == 65);
        if (corner || index++ % 7 == 0) run_tiers(m, n, k, nullptr, -1);
      }
    }
  }
  return check::report("fgemm", cases);
}
