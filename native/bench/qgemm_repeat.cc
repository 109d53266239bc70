// The same product a number of times on one thread, for whoever counts instructions from outside: what TIMES + 1 take more
// than TIMES is one product, with packing and epilogue.
//
//   qgemm_repeat TIER M N K TIMES
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "dispatch/tier.h"
#include "memory/memory.h"
#include "ops/gemm.h"

namespace {

const qv::KernelTable* tier_of(const char* name) {
  const qv::TierList& list = qv::supported_tiers();
  for (int i = 0; i < list.count; i++) {
    if (strcmp(list.tables[i].name, name) == 0) return &list.tables[i];
  }
  return nullptr;
}

int repeat(const qv::KernelTable& table, int64_t m, int64_t n, int64_t k, int times) {
  std::vector<uint8_t> a(static_cast<size_t>(m * k));
  std::vector<int8_t> w(static_cast<size_t>(n * k));
  for (size_t i = 0; i < a.size(); i++) a[i] = static_cast<uint8_t>(i * 37);
  for (size_t i = 0; i < w.size(); i++) w[i] = static_cast<int8_t>(static_cast<int>(i * 53 % 255) - 127);
  const std::vector<float> scale(static_cast<size_t>(n), 0.01f), bias(static_cast<size_t>(n), 0.5f);
  std::vector<float> out(static_cast<size_t>(m * n));
  const float row_scale = 0.02f;
  const int32_t zero = 128;
  qv::PackedMatrix* matrix = nullptr;
  if (qv::create_s8_matrix(table, {w.data(), n, k, k, 1, scale.data(), bias.data()}, &matrix)) return 1;
  qv::GemmCall call = {};
  call.a = a.data();
  call.a_stride = k;
  call.scale = &row_scale;
  call.zero = &zero;
  call.out = out.data();
  call.ldc = n;
  void* scratch = qv::allocate(qv::gemm_scratch(*matrix, m));
  for (int i = 0; i < times; i++) qv::gemm(call, *matrix, m, 0, matrix->panels, static_cast<char*>(scratch));
  qv::release(scratch);
  qv::release(matrix);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const qv::KernelTable* table = argc == 6 ? tier_of(argv[1]) : nullptr;
  if (!table) {
    fprintf(stderr, "qgemm_repeat TIER M N K TIMES, with a tier that this CPU has\n");
    return 2;
  }
  return repeat(*table, atoll(argv[2]), atoll(argv[3]), atoll(argv[4]), atoi(argv[5]));
}
