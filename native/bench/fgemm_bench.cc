// fgemm in float and bfloat16 on real layer shapes, against this CPU's measured peak of each.
//
//   fgemm_bench [--threads N] [--repeats R] SHAPES...
#include <stdlib.h>

#include <algorithm>

#include "bench.h"
#include "dispatch/tier.h"
#include "memory/memory.h"

namespace {

void run_precision(const bench::Shape& shape, qv::ThreadPool& pool, qv_precision precision, int repeats, double peak) {
  const auto n = static_cast<size_t>(shape.n), k = static_cast<size_t>(shape.k);
  const std::vector<float> weights(n * k, 0.5f), bias(n, 0.1f);
  const std::vector<float> a(static_cast<size_t>(shape.m) * static_cast<size_t>(shape.lda) + k, 0.25f);
  std::vector<float> out(n * static_cast<size_t>(shape.m));
  qv::PackedMatrix* matrix = nullptr;
  const qv::FloatWeights from = {weights.data(), shape.n, shape.k, shape.k, 1, bias.data()};
  if (qv::create_float_matrix(*qv::kernels(), from, precision, &matrix)) exit(1);
  qv::GemmCall call = {};
  call.a = a.data();
  call.a_stride = shape.lda * 4;
  call.out = out.data();
  call.ldc = shape.n;
  const double best = bench::best_seconds(repeats, [&] { bench::multiply(pool, call, *matrix, shape.m); });
  const double gops = 2e-9 * shape.m * static_cast<double>(n * k) / best;
  printf("  %7.1f %5.1f %%", gops, 100 * gops / peak);
  qv::release(matrix);
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 2, repeats = 15, at = 1;
  for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
    if (!strcmp(argv[at], "--threads")) threads = atoi(argv[at + 1]);
    if (!strcmp(argv[at], "--repeats")) repeats = atoi(argv[at + 1]);
  }
  qv::ThreadPool* pool = nullptr;
  if (qv::choose_tier(nullptr) || qv::ThreadPool::create(threads, &pool)) return 1;
  if (!qv::kernels()->bgemm) {
    fprintf(stderr, "no bfloat16 instructions here: nothing to compare with\n");
    return 1;
  }
  double fma = 0, bf16 = 0;
  for (int i = 0; i < 3; i++) {
    fma = std::max(fma, bench::peak_gops(*pool, qv_peak_fma, 32));
    bf16 = std::max(bf16, bench::peak_gops(*pool, qv_peak_bf16, 64));
  }
  printf("tier %s, %d threads, peak %.1f GFLOPS float, %.1f bfloat16\n", qv::kernels()->name, threads, fma, bf16);
  for (; at < argc; at++) {
    for (const bench::Shape& shape : bench::read_shapes(argv[at])) {
      printf("%-22s %5d %5d %5d", shape.name, shape.m, shape.k, shape.n);
      run_precision(shape, *pool, QV_FLOAT32, repeats, fma);
      run_precision(shape, *pool, QV_BFLOAT16, repeats, bf16);
      printf("\n");
    }
  }
  qv::ThreadPool::destroy(pool);
  return 0;
}
