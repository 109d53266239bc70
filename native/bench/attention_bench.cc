// One head of attention on one thread, packing included: every kernel that takes the shape, in giga operations a second
// of the thread's own time, and as percent of the float peak.
//
//   attention_bench [ROWS KEYS D [scalar]]
#include <stdlib.h>

#include "bench.h"
#include "dispatch/cpu_features.h"
#include "kernels/attention.h"

namespace {

double cpu_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class Run>
double best_cpu(int repeats, Run run) {
  double best = 1e30;
  for (int i = 0; i < repeats; i++) {
    const double start = cpu_seconds();
    run();
    const double took = cpu_seconds() - start;
    best = took < best ? took : best;
  }
  return best;
}

void run(const qv_attention_kernel& kernel, int rows, int keys, int d, double peak) {
  const int repeats = keys > 5000 ? 10 : 50;
  if (!kernel.takes(keys, d)) return;
  const int ld = 3 * 16 * d;
  std::vector<float> qkv(static_cast<size_t>(ld) * static_cast<size_t>(rows > keys ? rows : keys));
  for (size_t i = 0; i < qkv.size(); i++) qkv[i] = static_cast<float>(i * 7919 % 1021) / 500.0f - 1.0f;
  std::vector<float> out(static_cast<size_t>(rows) * static_cast<size_t>(16 * d));
  std::vector<char> packed(kernel.packed_bytes(keys, d)), scratch(kernel.scratch_bytes(keys, d));
  const qv_attention_args args = {qkv.data(), qkv.data() + 16 * d, qkv.data() + 32 * d, ld, ld, ld, out.data(), 16 * d,
                                  keys, d, 0.125f, nullptr, 0, {-1, -1, 0, 0}, packed.data(), scratch.data()};
  const int64_t step = kernel.pack_keys(keys), blocks = (rows + kernel.block_rows - 1) / kernel.block_rows;
  const auto pack_all = [&] {
    if (kernel.pack_if_exact) return (void)kernel.pack_if_exact(&args, rows);
    for (int64_t key = 0; key < keys; key += step) kernel.pack(&args, key, key + step < keys ? key + step : keys);
  };
  const double pack = best_cpu(repeats, pack_all);
  const double both = best_cpu(repeats, [&] {
    pack_all();
    for (int64_t b = 0; b < blocks; b++) kernel.rows(&args, rows * b / blocks, rows * (b + 1) / blocks);
  });
  const double operations = 4.0 * rows * keys * d;
  printf("  %-24s %9.1f us (pack %.1f)  %6.1f GOPS  %5.1f %% of the float peak\n", kernel.name, both * 1e6, pack * 1e6,
         operations / both * 1e-9, operations / both * 1e-7 / peak);
}

}  // namespace

int main(int argc, char** argv) {
  const int rows = argc > 3 ? atoi(argv[1]) : 499, keys = argc > 3 ? atoi(argv[2]) : 499, d = argc > 3 ? atoi(argv[3]) : 64;
  const double took = best_cpu(20, [] { qv_peak_fma(300'000); });
  const double peak = 300'000 * 24.0 * 32 / took * 1e-9;
  printf("rows %d keys %d d %d, float peak %.1f GOPS\n", rows, keys, d, peak);
  if (argc > 4) run(qv_attention_scalar, rows, keys, d, peak);
  if (qv::cpu_features().avx2) run(qv_attention_avx2, rows, keys, d, peak);
  if (qv::cpu_features().avx512) run(qv_attention_avx512, rows, keys, d, peak);
  if (qv::cpu_features().avx512vnni) run(qv_attention_int8_avx512vnni, rows, keys, d, peak);
  if (qv::cpu_features().avx512bf16) run(qv_attention_avx512bf16, rows, keys, d, peak);
  return 0;
}
