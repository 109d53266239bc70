// Row operations: nanoseconds a value on one thread, and gigabytes read and written a second.
#include <stdlib.h>

#include "bench.h"
#include "dispatch/tier.h"
#include "quantvoice.h"

namespace {

constexpr int64_t kRows = 499, kWidth = 1024;

void run(const char* name, double bytes_a_value, qv::RowsKernel kernel, const qv::RowsCall& call, float* scratch) {
  const double best = bench::best_seconds(50, [&] { kernel(&call, 0, kRows, scratch); });
  const double values = static_cast<double>(kRows * kWidth);
  printf("%-24s %6.3f ns %7.1f GB/s\n", name, 1e9 * best / values, bytes_a_value * values / best * 1e-9);
}

qv::RowsCall with(qv::RowsCall call, int activation) {
  call.activation = activation;
  return call;
}

}  // namespace

int main(int argc, char** argv) {
  if (qv::choose_tier(argc > 1 ? argv[1] : nullptr)) {
    fprintf(stderr, "%s\n", qv_last_error());
    return 1;
  }
  const qv::KernelTable& table = *qv::kernels();
  std::vector<float> in(kRows * kWidth), out(in.size()), gamma(kWidth, 1.1f), beta(kWidth, 0.1f), scale(kRows);
  std::vector<float> scratch(kWidth);
  std::vector<uint8_t> bytes(in.size());
  std::vector<int32_t> zero(kRows);
  for (size_t i = 0; i < in.size(); i++) in[i] = static_cast<float>(i * 7919 % 1000) * 0.01f - 5;
  qv::RowsCall floats = {in.data(), kWidth, kWidth, gamma.data(), beta.data(), 1e-5f, QV_ACT_NONE, 0, {}};
  floats.out = {QV_OUT_FLOAT32, out.data(), kWidth, 0, 0, nullptr, nullptr};
  qv::RowsCall given = floats, own = floats;
  given.out = {QV_OUT_UINT8, bytes.data(), kWidth, 0.04f, 128, nullptr, nullptr};
  own.out = {QV_OUT_UINT8, bytes.data(), kWidth, 0.04f, 128, scale.data(), zero.data()};
  printf("tier %s, rows [%lld, %lld]\n", table.name, static_cast<long long>(kRows), static_cast<long long>(kWidth));
  run("quantize, given", 5, table.quantize_rows, given, scratch.data());
  run("quantize, own range", 5, table.quantize_rows, own, scratch.data());
  run("layernorm", 8, table.layernorm, floats, scratch.data());
  run("layernorm+u8, given", 5, table.layernorm, given, scratch.data());
  run("layernorm+u8, own", 5, table.layernorm, own, scratch.data());
  run("layernorm+gelu+u8", 5, table.layernorm, with(given, QV_ACT_GELU), scratch.data());
  run("gelu", 8, table.activate, with(floats, QV_ACT_GELU), scratch.data());
  run("gelu+u8, given", 5, table.activate, with(given, QV_ACT_GELU), scratch.data());
  run("silu", 8, table.activate, with(floats, QV_ACT_SILU), scratch.data());
  run("softmax", 8, table.softmax, floats, scratch.data());
  run("log_softmax", 8, table.log_softmax, floats, scratch.data());
  return 0;
}
