// Float products: sgemm to the bit on every tier; bgemm to the tolerance of bfloat16 sums.
//
//   fgemm_test                        corner shapes and a sample of the rest
//   fgemm_test TIER M N K PRECISION   one shape
#include <math.h>
#include <string.h>

#include "check.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "kernels/scalar/vector_math.h"
#include "memory/memory.h"
#include "ops/bfloat16.h"
#include "ops/gemm.h"
#include "pools.h"
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
  Guarded<uint16_t> halves;  // a in bfloat16

  Case(int rows, int columns, int depth)
      : m(rows), n(columns), k(depth), lda((rows + columns) % 3 ? depth : (depth + 1) / 2),
        a(static_cast<size_t>((rows - 1) * lda + depth)), w(static_cast<size_t>(columns) * depth), bias(columns),
        residual(static_cast<size_t>(rows) * columns), halves(a.size()) {
    Random random(static_cast<uint64_t>(rows * 1000003 + columns * 1009 + depth));
    for (size_t i = 0; i < a.size(); i++) {
      a[i] = random.uniform(-1, 1);
      halves[i] = qv::to_bfloat16(a[i]);
    }
    for (size_t i = 0; i < w.size(); i++) w[i] = random.uniform(-1, 1);
    for (size_t i = 0; i < bias.size(); i++) bias[i] = random.uniform(-1, 1);
    for (size_t i = 0; i < residual.size(); i++) residual[i] = random.uniform(-1, 1);
  }

  float chain(int i, int j) const {
    float sum = 0;
    for (int x = 0; x < k; x++) {
      sum = fmaf(a[static_cast<size_t>(i * lda + x)], w[static_cast<size_t>(j) * k + x], sum);
    }
    return sum;
  }

  // What rounding of inputs and sums to bfloat16 and float may do at most.
  double rounded(int i, int j, bool rounded_a, double* tolerance) const {
    double sum = 0, size = 0;
    for (int x = 0; x < k; x++) {
      const auto at = static_cast<size_t>(i * lda + x);
      const double left = static_cast<double>(rounded_a ? qv::from_bfloat16(halves[at]) : a[at]);
      const double product = left * static_cast<double>(qv::from_bfloat16(qv::to_bfloat16(w[static_cast<size_t>(j) * k + x])));
      sum += product;
      size += fabs(product);
    }
    *tolerance = 1e-6 * (size + 1) + (rounded_a ? 0 : size / 256);
    return sum;
  }
};

void check_float(const Case& c, const float* out, bool epilogue) {
  int wrong = 0;
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) {
      float x = c.chain(i, j) + c.bias[j];
      if (epilogue) x = qv_scalar::gelu1(x) + c.residual[static_cast<size_t>(i) * c.n + j];
      wrong += memcmp(&x, out + static_cast<size_t>(i) * c.n + j, 4) != 0;
    }
  }
  CHECK(wrong == 0, "%d elements differ from the specification", wrong);
}

void check_bfloat16(const Case& c, const float* out, bool rounded_a) {
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) {
      double tolerance;
      const double expected = c.rounded(i, j, rounded_a, &tolerance) + static_cast<double>(c.bias[j]);
      const double got = static_cast<double>(out[static_cast<size_t>(i) * c.n + j]);
      CHECK(fabs(got - expected) <= tolerance, "[%d, %d] is %g, not %g +- %g", i, j, got, expected, tolerance);
    }
  }
}

void run(Case& c, const qv::KernelTable& table, qv_precision weights, int threads) {
  SUBJECT("%s m=%d n=%d k=%d lda=%lld precision=%d threads=%d", table.name, c.m, c.n, c.k, static_cast<long long>(c.lda),
          weights, threads);
  REPRODUCE("fgemm_test %s %d %d %d %d", table.name, c.m, c.n, c.k, weights);
  qv::PackedMatrix* matrix = nullptr;
  CHECK(qv::create_float_matrix(table, {c.w.data(), c.n, c.k, c.k, 1, c.bias.data()}, weights, &matrix) == QV_OK, "pack");
  Guarded<float> out(static_cast<size_t>(c.m) * c.n);
  const qv_float_rows floats = {c.a.data(), QV_FLOAT32, c.m, c.lda}, halves = {c.halves.data(), QV_BFLOAT16, c.m, c.lda};
  qv_epilogue plain = {QV_ACT_NONE, 0, nullptr, 0, QV_OUT_FLOAT32, 0, 0};
  qv::Turn turn(pool_of(threads));
  CHECK(qv::fgemm(turn, floats, *matrix, plain, out.data(), c.n) == QV_OK, "%s", qv_last_error());
  if (weights == QV_BFLOAT16) {
    check_bfloat16(c, out.data(), false);
    CHECK(qv::fgemm(turn, halves, *matrix, plain, out.data(), c.n) == QV_OK, "%s", qv_last_error());
    check_bfloat16(c, out.data(), true);
  } else {
    check_float(c, out.data(), false);
    CHECK(qv::fgemm(turn, halves, *matrix, plain, out.data(), c.n) == QV_INVALID_ARGUMENT, "bfloat16 rows on float weights");
    qv_epilogue added = plain;
    added.activation = QV_ACT_GELU;
    added.residual = c.residual.data();
    added.ldr = c.n;
    CHECK(qv::fgemm(turn, floats, *matrix, added, out.data(), c.n) == QV_OK, "%s", qv_last_error());
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
      for (int threads = 1; threads <= 2; threads++) run(c, tiers.tables[t], static_cast<qv_precision>(p), threads);
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
    void* scratch = qv::allocate(qv::gemm_scratch(c.m, *matrix));
    qv::fgemm_on_worker({c.a.data(), QV_FLOAT32, c.m, c.lda}, *matrix, {QV_ACT_NONE, 0, nullptr, 0, QV_OUT_FLOAT32, 0, 0},
                        out.data(), c.n, scratch);
    check_float(c, out.data(), false);
    qv::release(scratch);
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
