// Every tier against a plain triple loop: all bits of the int32 sums and of every output type.
//
//   qgemm_u8s8_test                    corner shapes and a sample of the rest
//   qgemm_u8s8_test --full             the full cross of sizes (minutes)
//   qgemm_u8s8_test TIER M N K SEED    one case
#include <math.h>
#include <string.h>

#include "check.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "kernels/scalar/vector_math.h"
#include "memory/memory.h"
#include "ops/epilogue.h"
#include "ops/gemm.h"
#include "pools.h"
#include "random.h"
#include "tables.h"

namespace {

constexpr int kRows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33, 100};
constexpr int kColumns[] = {1, 3, 15, 16, 17, 31, 64, 65, 512, 1024};
constexpr int kDepths[] = {1, 3, 4, 7, 15, 16, 31, 63, 64, 65, 127, 255, 513, 1024};

long cases = 0;

enum Fill { kUniform, kCorners, kHighest, kLowest };

// One product with its inputs; all buffers end at a guard page.
struct Case {
  int m, n, k;
  uint64_t seed;
  int64_t lda;
  bool per_row;
  Guarded<uint8_t> a;
  Guarded<int8_t> w;
  Guarded<float> scale, bias, row_scale, residual;
  Guarded<int32_t> row_zero;

  Case(int rows, int columns, int depth, uint64_t s, Fill fill)
      : m(rows), n(columns), k(depth), seed(s), lda(stride(depth, s)), per_row(s % 2 == 0),
        a(static_cast<size_t>((rows - 1) * lda + depth)), w(static_cast<size_t>(columns) * depth),
        scale(columns), bias(columns), row_scale(per_row ? rows : 1),
        residual(static_cast<size_t>(rows) * columns), row_zero(per_row ? rows : 1) {
    Random random(s);
    for (size_t i = 0; i < a.size(); i++) a[i] = static_cast<uint8_t>(byte(random, fill, 0, 255));
    for (size_t i = 0; i < w.size(); i++) w[i] = static_cast<int8_t>(byte(random, fill, -127, 127));
    for (size_t i = 0; i < scale.size(); i++) scale[i] = random.uniform(1e-4f, 2e-2f);
    for (size_t i = 0; i < bias.size(); i++) bias[i] = random.uniform(-3, 3);
    for (size_t i = 0; i < row_scale.size(); i++) row_scale[i] = random.uniform(1e-3f, 1e-1f);
    for (size_t i = 0; i < row_zero.size(); i++) row_zero[i] = random.below(4) ? random.below(256) : 255 * random.below(2);
    for (size_t i = 0; i < residual.size(); i++) residual[i] = random.uniform(-2, 2);
  }

  // Whole rows, rows with a gap, and rows that overlap as those of a convolution do.
  static int64_t stride(int depth, uint64_t s) { return s % 3 == 0 ? depth + 5 : s % 3 == 1 ? depth : (depth + 1) / 2; }

  static int byte(Random& random, Fill fill, int low, int high) {
    switch (fill) {
      case kCorners: return random.below(2) ? low : high;
      case kHighest: return high;
      case kLowest: return low < 0 ? low : high;  // the largest products, negative
      default: return low + random.below(high - low + 1);
    }
  }

  qv_u8_rows rows() { return {a.data(), m, lda, row_scale.data(), row_zero.data(), per_row ? 1 : 0}; }

  int32_t sum(int i, int j) const {
    const int32_t zero = row_zero[per_row ? static_cast<size_t>(i) : 0];
    int32_t total = 0;
    for (int x = 0; x < k; x++) {
      total += (a[static_cast<size_t>(i * lda + x)] - zero) * w[static_cast<size_t>(j) * k + x];
    }
    return total;
  }
};

// What the contract says of one element, from its sum.
float real_value(const Case& c, int i, int j, int32_t sum, const qv_epilogue& e) {
  const float row_scale = c.row_scale[c.per_row ? static_cast<size_t>(i) : 0];
  const float x = fmaf(static_cast<float>(sum), row_scale * c.scale[j], c.bias[j]);
  const float y = qv_scalar::activate1(x, e.activation, e.alpha);
  return e.residual ? y + c.residual[static_cast<size_t>(i) * c.n + j] : y;
}

bool same(const Case& c, int i, int j, int32_t sum, const qv_epilogue& e, const void* out) {
  const size_t at = static_cast<size_t>(i) * c.n + j;
  if (e.output == QV_OUT_INT32) return static_cast<const int32_t*>(out)[at] == sum;
  const float x = real_value(c, i, j, sum, e);
  switch (e.output) {
    case QV_OUT_UINT8: return static_cast<const uint8_t*>(out)[at] == qv_scalar::quantize1(x, 1 / e.scale, e.zero, 0, 255);
    case QV_OUT_INT8: return static_cast<const int8_t*>(out)[at] == qv_scalar::quantize1(x, 1 / e.scale, e.zero, -128, 127);
    case QV_OUT_BFLOAT16: return static_cast<const uint16_t*>(out)[at] == qv_scalar::bfloat16(x);
    default: return memcmp(static_cast<const float*>(out) + at, &x, 4) == 0;
  }
}

qv_epilogue epilogue_for(Case& c, int index) {
  const auto activation = static_cast<qv_activation>(index % 5);
  const auto output = static_cast<qv_output>(index / 5 % 5);
  const int zero = output == QV_OUT_INT8 ? -7 : 93;
  const float* residual = index % 2 && output != QV_OUT_INT32 ? c.residual.data() : nullptr;
  return {activation, 0.125f, residual, c.n, output, 0.05f, zero};
}

void run(Case& c, const std::vector<int32_t>& sums, const qv::KernelTable& table, int index, int threads) {
  SUBJECT("%s m=%d n=%d k=%d lda=%lld epilogue=%d threads=%d seed=%llu", table.name, c.m, c.n, c.k,
          static_cast<long long>(c.lda), index, threads, static_cast<unsigned long long>(c.seed));
  REPRODUCE("qgemm_u8s8_test %s %d %d %d %llu", table.name, c.m, c.n, c.k, static_cast<unsigned long long>(c.seed));
  const qv_epilogue e = epilogue_for(c, index);
  qv::PackedMatrix* matrix = nullptr;
  CHECK(qv::create_s8_matrix(table, {c.w.data(), c.n, c.k, c.k, 1, c.scale.data(), c.bias.data()}, &matrix) == QV_OK, "pack");
  Guarded<uint8_t> out(static_cast<size_t>(c.m) * c.n * qv::output_bytes(e.output));
  memset(out.data(), 0x5a, out.size());
  {
    qv::Turn turn(pool_of(threads));
    CHECK(qv::qgemm_u8s8(turn, c.rows(), *matrix, e, out.data(), c.n) == QV_OK, "status");
  }
  int wrong = 0;
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) wrong += !same(c, i, j, sums[static_cast<size_t>(i) * c.n + j], e, out.data());
  }
  CHECK(wrong == 0, "%d elements differ from the specification", wrong);
  qv::release(matrix);
  cases++;
}

// All tiers with the int32 output, and one other epilogue.
void run_tiers(int m, int n, int k, uint64_t seed, Fill fill, const char* only) {
  Case c(m, n, k, seed, fill);
  std::vector<int32_t> sums(static_cast<size_t>(m) * n);
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) sums[static_cast<size_t>(i) * n + j] = c.sum(i, j);
  }
  for (const qv::KernelTable& table : product_tables()) {
    if (only && strcmp(only, table.name) != 0) continue;
    for (int threads = 1; threads <= 2; threads++) {
      run(c, sums, table, 20, threads);
      run(c, sums, table, static_cast<int>(seed % 20), threads);
    }
  }
}

void run_sizes(bool full) {
  uint64_t seed = 1;
  for (int m : kRows) {
    for (int n : kColumns) {
      for (int k : kDepths) {
        seed++;
        const long work = static_cast<long>(m) * n * k;
        const bool corner = (m == 1 || m == 100) && (n == 1 || n == 65) && (k == 1 || k == 513);
        if (full || corner || (seed % 13 == 0 && work < 4'000'000)) {
          run_tiers(m, n, k, seed, static_cast<Fill>(seed % 4), nullptr);
        }
      }
    }
  }
}

// The largest sums that bytes can make, for depths around the vectors' sizes: what saturating instructions get wrong.
void run_corner_values() {
  for (int k = 1; k <= 68; k++) {
    for (Fill fill : {kCorners, kHighest, kLowest}) run_tiers(5, 33, k, 2000 + static_cast<uint64_t>(k), fill, nullptr);
  }
  run_tiers(2, 17, 65536, 7, kHighest, nullptr);
  run_tiers(2, 17, 65536, 8, kLowest, nullptr);
}

void run_tails() {
  for (int tail = 1; tail <= 64; tail++) {
    const auto seed = static_cast<uint64_t>(tail);
    run_tiers(tail % 15 + 1, tail, 64, 3000 + seed, kUniform, nullptr);
    run_tiers(tail, 33, 30, 4000 + seed, kUniform, nullptr);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6) {
    const uint64_t seed = strtoull(argv[5], nullptr, 10);
    for (Fill fill : {kUniform, kCorners, kHighest, kLowest}) {
      run_tiers(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), seed, fill, argv[1]);
    }
  } else {
    run_corner_values();
    run_tails();
    run_sizes(argc == 2 && strcmp(argv[1], "--full") == 0);
  }
  return check::report("qgemm_u8s8", cases);
}
