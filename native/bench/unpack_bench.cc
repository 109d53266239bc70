// Products with packed weights against the same in 8 bits: runs of each alternate, so that other load meets both alike.
//
//   unpack_bench [M K N [THREADS]]
#include <stdlib.h>

#include "bench.h"
#include "dispatch/tier.h"
#include "memory/memory.h"

namespace {

struct Setting {
  int64_t m, k, n;
  int threads;
};

qv::PackedMatrix* matrix_of(const Setting& s, int bits, bool by_levels, const std::vector<float>& scale) {
  std::vector<int8_t> levels(static_cast<size_t>(1) << bits, 0), weights(static_cast<size_t>(s.n * s.k));
  const int half = 1 << (bits - 1);
  for (int i = 1; i < half && by_levels; i++) levels[static_cast<size_t>(half + i)] = static_cast<int8_t>(i);
  for (size_t i = 0; i < weights.size(); i++) {
    const int code = static_cast<int>(i * 7919 % static_cast<size_t>(2 * half - 1)) + 1;
    weights[i] = static_cast<int8_t>(by_levels ? levels[static_cast<size_t>(code)] : code - half);
  }
  qv::S8Weights all = {weights.data(), s.n, s.k, s.k, 1, scale.data(), nullptr};
  all.bits = bits;
  all.levels = by_levels ? levels.data() : nullptr;
  qv::PackedMatrix* matrix = nullptr;
  if (qv::create_s8_matrix(*qv::kernels(), all, &matrix)) exit(1);
  return matrix;
}

double once(const Setting& s, const qv::PackedMatrix& matrix, qv::ThreadPool& pool, const std::vector<uint8_t>& a,
            std::vector<float>& out) {
  const float scale = 0.02f;
  const int32_t zero = 128;
  qv::GemmCall call = {};
  call.a = a.data();
  call.a_stride = s.k;
  call.scale = &scale;
  call.zero = &zero;
  call.out = out.data();
  call.ldc = s.n;
  return bench::best_seconds(1, [&] { bench::multiply(pool, call, matrix, s.m); });
}

void compare(const Setting& s, int bits, bool by_levels, qv::ThreadPool& pool) {
  const std::vector<float> scale(static_cast<size_t>(s.n), 1e-3f);
  std::vector<uint8_t> a(static_cast<size_t>(s.m * s.k));
  for (size_t i = 0; i < a.size(); i++) a[i] = static_cast<uint8_t>(i * 104729 >> 3);
  std::vector<float> out(static_cast<size_t>(s.m * s.n));
  qv::PackedMatrix* bytes = matrix_of(s, 8, false, scale);
  qv::PackedMatrix* codes = matrix_of(s, bits, by_levels, scale);
  double plain = 1e30, packed = 1e30;
  for (int i = 0; i < 200; i++) {
    plain = std::min(plain, once(s, *bytes, pool, a, out));
    packed = std::min(packed, once(s, *codes, pool, a, out));
  }
  printf("%d bits %-7s %8.1f us, 8 bits %8.1f us, ratio %.3f, memory %.3f of 8 bits\n", bits, by_levels ? "levels" : "linear",
         packed * 1e6, plain * 1e6, packed / plain, static_cast<double>(codes->bytes) / static_cast<double>(bytes->bytes));
  qv::release(bytes);
  qv::release(codes);
}

}  // namespace

int main(int argc, char** argv) {
  Setting s = {499, 1024, 1024, 1};
  if (argc > 3) s = {atoi(argv[1]), atoi(argv[2]), atoi(argv[3]), argc > 4 ? atoi(argv[4]) : 1};
  qv::ThreadPool* pool = nullptr;
  if (s.m < 1 || s.k < 1 || s.n < 1 || qv::choose_tier(getenv("QV_TIER")) || qv::ThreadPool::create(s.threads, &pool)) {
    fprintf(stderr, "usage: unpack_bench [M K N [THREADS]]; QV_TIER names a tier; %s\n", qv_last_error());
    return 1;
  }
  printf("tier %s, m = %d, k = %d, n = %d, %d threads\n", qv::kernels()->name, static_cast<int>(s.m), static_cast<int>(s.k),
         static_cast<int>(s.n), s.threads);
  for (int bits = 2; bits <= 7; bits++) {
    compare(s, bits, false, *pool);
    if (bits > 2) compare(s, bits, true, *pool);
  }
  qv::ThreadPool::destroy(pool);
  return 0;
}
