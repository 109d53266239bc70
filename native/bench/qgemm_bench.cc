// qgemm_u8s8 on real layer shapes, against the VNNI peak of this CPU measured before each shape (the best so far: other load can
// only lower it). On a CPU without VNNI the peak is the tier's own tile of most rows with all it reads in the first level cache.
//
//   qgemm_bench [--threads N] [--tier NAME] [--repeats R] SHAPES...
#include <stdlib.h>

#include <algorithm>

#include "bench.h"
#include "dispatch/tier.h"
#include "memory/memory.h"

namespace {

struct Options {
  int threads = 2;
  int repeats = 30;
  const char* tier = nullptr;
};

struct Epilogue {
  const char* name;
  qv_activation activation;
  qv_output output;
};
const Epilogue kEpilogues[] = {{"f32", QV_ACT_NONE, QV_OUT_FLOAT32},
                               {"u8", QV_ACT_NONE, QV_OUT_UINT8},
                               {"gelu+u8", QV_ACT_GELU, QV_OUT_UINT8}};

// The tile on a depth whose panel and rows fit the first level cache of any CPU.
struct OwnTile {
  static constexpr int kDepth = 512, kTimes = 2000;
  const qv::GemmKernel& kernel;
  std::vector<int8_t> weights;
  std::vector<float> scale;
  qv::PackedMatrix* matrix = nullptr;
  char *rows, *acc;

  explicit OwnTile(const qv::KernelTable& table)
      : kernel(*table.qgemm), weights(static_cast<size_t>(kernel.nr) * kDepth, 1), scale(static_cast<size_t>(kernel.nr), 1) {
    const std::vector<uint8_t> a(static_cast<size_t>(kernel.mr) * kDepth, 1);
    if (qv::create_s8_matrix(table, {weights.data(), kernel.nr, kDepth, kDepth, 1, scale.data(), nullptr}, &matrix)) exit(1);
    rows = static_cast<char*>(qv::allocate(static_cast<size_t>(kernel.mr * kernel.a_step * matrix->steps) + qv::kPackSlack));
    acc = static_cast<char*>(qv::allocate(static_cast<size_t>(kernel.mr) * static_cast<size_t>(kernel.nr) * 4));
    if (!rows || !acc) exit(1);
    kernel.pack_a(a.data(), kDepth, kernel.mr, kDepth, rows);
  }

  ~OwnTile() {
    qv::release(rows);
    qv::release(acc);
    qv::release(matrix);
  }

  OwnTile(const OwnTile&) = delete;
  OwnTile& operator=(const OwnTile&) = delete;

  double gops() const {
    const double best = bench::best_seconds(20, [&] {
      for (int i = 0; i < kTimes; i++) kernel.tile(kernel.mr, matrix->steps, rows, matrix->data, acc);
    });
    return 2e-9 * kernel.mr * kernel.nr * kDepth * kTimes / best;
  }
};

bool has_vnni() {
  const qv::TierList& tiers = qv::supported_tiers();
  return tiers.tables[tiers.count - 1].tier >= QV_TIER_AVX512VNNI;
}

double peak_of(qv::ThreadPool& pool, const qv::KernelTable& table) {
  return has_vnni() ? bench::peak_gops(pool, qv_peak_vnni, 128) : pool.threads() * OwnTile(table).gops();
}

void run_shape(const bench::Shape& shape, qv::ThreadPool& pool, const qv::KernelTable& table, int repeats, double& peak) {
  const auto n = static_cast<size_t>(shape.n), k = static_cast<size_t>(shape.k);
  std::vector<int8_t> weights(n * k);
  for (size_t i = 0; i < weights.size(); i++) weights[i] = static_cast<int8_t>(i * 7919 % 255 - 127);
  std::vector<uint8_t> a(static_cast<size_t>(shape.m) * static_cast<size_t>(shape.lda) + k);
  for (size_t i = 0; i < a.size(); i++) a[i] = static_cast<uint8_t>(i * 104729 >> 3);
  const std::vector<float> scale(n, 1e-3f), bias(n, 0.1f);
  std::vector<float> out(n * static_cast<size_t>(shape.m));
  qv::PackedMatrix* matrix = nullptr;
  if (qv::create_s8_matrix(table, {weights.data(), shape.n, shape.k, shape.k, 1, scale.data(), bias.data()}, &matrix)) exit(1);
  const float row_scale = 0.02f;
  const int32_t zero = 128;
  qv::GemmCall call = {};
  call.a = a.data();
  call.a_stride = shape.lda;
  call.scale = &row_scale;
  call.zero = &zero;
  call.out = out.data();
  call.ldc = shape.n;
  call.out_scale = 0.05f;
  call.out_zero = 128;
  const double operations = 2.0 * shape.m * static_cast<double>(n * k);
  printf("%-22s %5d %5d %5d", shape.name, shape.m, shape.k, shape.n);
  peak = std::max(peak, peak_of(pool, table));
  for (const Epilogue& e : kEpilogues) {
    call.activation = e.activation;
    call.output = e.output;
    const double best = bench::best_seconds(repeats, [&] { bench::multiply(pool, call, *matrix, shape.m); });
    printf("  %7.1f %5.1f %%", operations / best * 1e-9, 100e-9 * operations / best / peak);
  }
  printf("\n");
  qv::release(matrix);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  int at = 1;
  for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
    if (!strcmp(argv[at], "--threads")) options.threads = atoi(argv[at + 1]);
    if (!strcmp(argv[at], "--repeats")) options.repeats = atoi(argv[at + 1]);
    if (!strcmp(argv[at], "--tier")) options.tier = argv[at + 1];
  }
  qv::ThreadPool* pool = nullptr;
  if (qv::choose_tier(options.tier) || qv::ThreadPool::create(options.threads, &pool)) {
    fprintf(stderr, "%s\n", qv_last_error());
    return 1;
  }
  double peak = peak_of(*pool, *qv::kernels());
  printf("tier %s, %d threads, %s %.1f GOPS\n", qv::kernels()->name, options.threads, has_vnni() ? "VNNI peak" : "tile in cache",
         peak);
  printf("%-22s %5s %5s %5s", "shape", "M", "K", "N");
  for (const Epilogue& e : kEpilogues) printf("  %15s", e.name);
  printf("\n");
  for (; at < argc; at++) {
    for (const bench::Shape& shape : bench::read_shapes(argv[at])) run_shape(shape, *pool, *qv::kernels(), options.repeats, peak);
  }
  qv::ThreadPool::destroy(pool);
  return 0;
}
