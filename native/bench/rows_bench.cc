// Row operations: nanoseconds a value on one thread, and gigabytes read and written a second.
#include <stdlib.h>

#include "bench.h"
#include "dispatch/tier.h"
#include "ops/rows.h"

namespace {

constexpr int64_t kRows = 499, kWidth = 1024;

template <typename Operation>
void run(const char* name, double bytes_a_value, qv::ThreadPool& pool, Operation operation) {
  const double best = bench::best_seconds(50, [&] {
    qv::Turn turn(pool);
    if (operation(turn)) exit(1);
  });
  const double values = static_cast<double>(kRows * kWidth);
  printf("%-24s %6.3f ns %7.1f GB/s\n", name, 1e9 * best / values, bytes_a_value * values / best * 1e-9);
}

}  // namespace

int main(int argc, char** argv) {
  qv::ThreadPool* pool = nullptr;
  if (qv::choose_tier(argc > 1 ? argv[1] : nullptr) || qv::ThreadPool::create(1, &pool)) {
    fprintf(stderr, "%s\n", qv_last_error());
    return 1;
  }
  const qv::KernelTable& table = *qv::kernels();
  std::vector<float> in(kRows * kWidth), out(in.size()), gamma(kWidth, 1.1f), beta(kWidth, 0.1f), scale(kRows);
  std::vector<uint8_t> bytes(in.size());
  std::vector<int32_t> zero(kRows);
  for (size_t i = 0; i < in.size(); i++) in[i] = static_cast<float>(i * 7919 % 1000) * 0.01f - 5;
  const qv_rows floats = {in.data(), kRows, kWidth, kWidth, out.data(), kWidth, QV_OUT_FLOAT32, 0, 0, nullptr, nullptr};
  qv_rows given = floats;
  given.out = bytes.data();
  given.output = QV_OUT_UINT8;
  given.scale = 0.04f;
  given.zero = 128;
  qv_rows own = given;
  own.row_scale = scale.data();
  own.row_zero = zero.data();
  const qv::LayerNorm norm = {gamma.data(), beta.data(), 1e-5f, QV_ACT_NONE};
  qv::LayerNorm norm_gelu = norm;
  norm_gelu.activation = QV_ACT_GELU;
  printf("tier %s, rows [%lld, %lld]\n", table.name, static_cast<long long>(kRows), static_cast<long long>(kWidth));
  run("quantize, given", 5, *pool, [&](qv::Turn& t) { return qv::quantize_rows(t, table, given); });
  run("quantize, own range", 5, *pool, [&](qv::Turn& t) { return qv::quantize_rows(t, table, own); });
  run("layernorm", 8, *pool, [&](qv::Turn& t) { return qv::layernorm(t, table, floats, norm); });
  run("layernorm+u8, given", 5, *pool, [&](qv::Turn& t) { return qv::layernorm(t, table, given, norm); });
  run("layernorm+u8, own", 5, *pool, [&](qv::Turn& t) { return qv::layernorm(t, table, own, norm); });
  run("layernorm+gelu+u8", 5, *pool, [&](qv::Turn& t) { return qv::layernorm(t, table, given, norm_gelu); });
  run("gelu", 8, *pool, [&](qv::Turn& t) { return qv::activate(t, table, floats, QV_ACT_GELU, 0); });
  run("gelu+u8, given", 5, *pool, [&](qv::Turn& t) { return qv::activate(t, table, given, QV_ACT_GELU, 0); });
  run("silu", 8, *pool, [&](qv::Turn& t) { return qv::activate(t, table, floats, QV_ACT_SILU, 0); });
  run("softmax", 8, *pool, [&](qv::Turn& t) { return qv::softmax(t, table, floats); });
  run("log_softmax", 8, *pool, [&](qv::Turn& t) { return qv::log_softmax(t, table, floats); });
  qv::ThreadPool::destroy(pool);
  return 0;
}
