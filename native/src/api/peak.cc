// The part of the C interface that measures the peak speed of the CPU, for percentages in listings.
#include "dispatch/cpu_features.h"
#include "dispatch/peak.h"
#include "pool/clock.h"
#include "pool/thread_pool.h"
#include "quantvoice.h"

namespace {

constexpr long kRounds = 100'000;
constexpr int kRepeats = 5, kInstructions = 24;

struct Chain {
  void (*run)(long rounds);
  double operations;  // of one instruction
};

#if defined(__x86_64__)
Chain chain_of(int32_t kind) {
  const qv::CpuFeatures& cpu = qv::cpu_features();
  if (kind == 0 && cpu.avx512vnni) return {[](long rounds) { (void)qv_peak_vnni(rounds); }, 128};
  if (kind == 1 && cpu.avx512bf16) return {[](long rounds) { (void)qv_peak_bf16(rounds); }, 64};
  if (kind == 2 && cpu.avx512vnni) return {[](long rounds) { (void)qv_peak_fma(rounds); }, 32};
  return {nullptr, 0};
}
#else
Chain chain_of(int32_t) { return {nullptr, 0}; }
#endif

}  // namespace

extern "C" double qv_peak_gops(qv_pool* pool, int32_t kind) {
  Chain chain = chain_of(kind);
  if (!pool || !chain.run) return 0;
  qv::Turn turn(*reinterpret_cast<qv::ThreadPool*>(pool));
  const auto share = [](void* context, int begin, int end, int, void*) {
    for (int i = begin; i < end; i++) static_cast<Chain*>(context)->run(kRounds);
  };
  int64_t best = INT64_MAX;
  for (int i = 0; i < kRepeats; i++) {
    const int64_t start = qv::now_nanos();
    if (turn.parallel_for(turn.threads(), 0, share, &chain) != QV_OK) return 0;
    const int64_t took = qv::now_nanos() - start;
    if (took < best) best = took;
  }
  const double operations = chain.operations * kInstructions * static_cast<double>(kRounds) * turn.threads();
  return best > 0 ? operations / static_cast<double>(best) : 0;
}
