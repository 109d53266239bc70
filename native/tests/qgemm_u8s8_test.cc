// Every tier against a plain triple loop: all bits of the int32 sums and of both output types.
//
//   qgemm_u8s8_test                    corner shapes and a sample of the rest
//   qgemm_u8s8_test --full             the full cross of sizes (minutes)
//   qgemm_u8s8_test TIER M N K SEED    one case
#include <math.h>
#include <string.h>

#include "check.h"
#include "kernels/fused.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "kernels/scalar/vector_math.h"
#include "memory/memory.h"
#include "products.h"
#include "random.h"
#include "tables.h"

namespace {

constexpr int kRows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33, 100};
constexpr int kColumns[] = {1, 3, 15, 16, 17, 31, 64, 65, 512, 1024};
constexpr int kDepths[] = {1, 3, 4, 7, 15, 16, 31, 63, 64, 65, 127, 255, 513, 1024};

long cases = 0;

enum Fill { kUniform, kCorners, kHighest, kLowest, kNoActivations };
constexpr Fill kExtremes[] = {kCorners, kHighest, kLowest, kNoActivations};

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
      case kNoActivations: return low < 0 ? high : 0;
      default: return low + random.below(high - low + 1);
    }
  }

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
float real_value(const Case& c, int i, int j, int32_t sum, const qv::GemmCall& call) {
  const float row_scale = c.row_scale[c.per_row ? static_cast<size_t>(i) : 0];
  const float x = qv::fused(static_cast<float>(sum), row_scale * c.scale[j], c.bias[j]);
  const float y = qv_scalar::activate1(x, call.activation, call.alpha);
  return call.residual ? qv::fused(y, call.mul, c.residual[static_cast<size_t>(i) * c.n + j]) : y;
}

bool same(const Case& c, int i, int j, int32_t sum, const qv::GemmCall& call) {
  const size_t at = static_cast<size_t>(i) * c.n + j;
  const float x = real_value(c, i, j, sum, call);
  if (call.output == QV_OUT_FLOAT32) return memcmp(static_cast<const float*>(call.out) + at, &x, 4) == 0;
  return static_cast<const uint8_t*>(call.out)[at] == qv_scalar::quantize1(x, 1 / call.out_scale, call.out_zero);
}

// Activation, output type and residual by number, 0 to 9.
qv::GemmCall call_for(Case& c, int index, void* out) {
  qv::GemmCall call = {};
  call.a = c.a.data();
  call.a_stride = c.lda;
  call.scale = c.row_scale.data();
  call.zero = c.row_zero.data();
  call.per_row = c.per_row;
  call.out = out;
  call.ldc = c.n;
  call.activation = index % 5;
  call.alpha = 0.125f;
  if (index / 5) {
    call.output = QV_OUT_UINT8;
    call.out_scale = 0.05f;
    call.out_zero = 93;
  }
  if (index % 2 == 0) return call;
  call.residual = c.residual.data();
  call.ldr = c.n;
  call.mul = index % 3 ? 1.0f : 0.3f;
  return call;
}

void about(const Case& c, const qv::KernelTable& table, const char* what, int index) {
  SUBJECT("%s %s %d m=%d n=%d k=%d lda=%lld seed=%llu", table.name, what, index, c.m, c.n, c.k, static_cast<long long>(c.lda),
          static_cast<unsigned long long>(c.seed));
  REPRODUCE("qgemm_u8s8_test %s %d %d %d %llu", table.name, c.m, c.n, c.k, static_cast<unsigned long long>(c.seed));
}

// The kernel's own int32 accumulators, tile by tile.
void run_sums(Case& c, const std::vector<int32_t>& sums, const qv::KernelTable& table, const qv::PackedMatrix& w) {
  about(c, table, "sums", 0);
  const qv::GemmKernel& kernel = *table.qgemm;
  int wrong = 0;
  for (int begin = 0; begin < c.m; begin += kernel.mr) {
    const int rows = c.m - begin < kernel.mr ? c.m - begin : kernel.mr;
    const auto bytes = static_cast<size_t>(rows) * static_cast<size_t>(w.steps) * static_cast<size_t>(kernel.a_step);
    Guarded<char> packed(qv::round_up(bytes + qv::kPackSlack, 64));
    Guarded<int32_t> acc(static_cast<size_t>(kernel.mr) * static_cast<size_t>(kernel.nr));
    kernel.pack_a(c.a.data() + begin * c.lda, c.lda, rows, c.k, packed.data());
    for (int panel = 0; panel < w.panels; panel++) {
      kernel.tile(rows, w.steps, packed.data(), w.data + static_cast<size_t>(panel) * w.panel_bytes, acc.data());
      for (int i = 0; i < rows; i++) {
        for (int j = panel * kernel.nr; j < c.n && j < (panel + 1) * kernel.nr; j++) {
          const int32_t zero = c.row_zero[c.per_row ? static_cast<size_t>(begin + i) : 0] - kernel.taken_off;
          const int32_t sum = acc[static_cast<size_t>(i * kernel.nr + j % kernel.nr)] - zero * w.column_sum[j];
          wrong += sum != sums[static_cast<size_t>(begin + i) * c.n + j];
        }
      }
    }
  }
  CHECK(wrong == 0, "%d sums differ from the specification", wrong);
  cases++;
}

void run(Case& c, const std::vector<int32_t>& sums, const qv::KernelTable& table, const qv::PackedMatrix& w, int index,
         int parts) {
  about(c, table, parts == 1 ? "epilogue" : "in parts, epilogue", index);
  Guarded<uint8_t> out(static_cast<size_t>(c.m) * c.n * (index / 5 ? 1 : 4));
  memset(out.data(), 0x5a, out.size());
  const qv::GemmCall call = call_for(c, index, out.data());
  run_product(call, w, c.m, parts);
  int wrong = 0;
  for (int i = 0; i < c.m; i++) {
    for (int j = 0; j < c.n; j++) wrong += !same(c, i, j, sums[static_cast<size_t>(i) * c.n + j], call);
  }
  CHECK(wrong == 0, "%d elements differ from the specification", wrong);
  cases++;
}

// All tiers: the sums, and one epilogue.
void run_tiers(int m, int n, int k, uint64_t seed, Fill fill, const char* only) {
  Case c(m, n, k, seed, fill);
  std::vector<int32_t> sums(static_cast<size_t>(m) * n);
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) sums[static_cast<size_t>(i) * n + j] = c.sum(i, j);
  }
  for (const qv::KernelTable& table : product_tables()) {
    if (only && strcmp(only, table.name) != 0) continue;
    qv::PackedMatrix* w = nullptr;
    about(c, table, "packing", 0);
    CHECK(qv::create_s8_matrix(table, {c.w.data(), c.n, c.k, c.k, 1, c.scale.data(), c.bias.data()}, &w) == QV_OK, "status");
    if (!w) continue;
    run_sums(c, sums, table, *w);
    for (int parts = 1; parts <= 2; parts++) run(c, sums, table, *w, static_cast<int>(seed % 10), parts);
    qv::release(w);
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
    for (Fill fill : kExtremes) run_tiers(5, 33, k, 2000 + static_cast<uint64_t>(k), fill, nullptr);
  }
  // The largest depths, where what a kernel adds up besides the sums may wrap around.
  for (int k = 65533; k <= 65536; k++) {
    for (Fill fill : kExtremes) run_tiers(k - 65532, 17, k, 7 + static_cast<uint64_t>(k), fill, nullptr);
  }
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
