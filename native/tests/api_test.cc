// The C interface as C callers see it: statuses, texts, life cycle, allocation failures.
#include <string.h>

#include "check.h"
#include "memory/memory.h"
#include "quantvoice.h"

namespace {

const int8_t kWeights[6] = {1, -2, 3, 4, 5, -127};
const float kScale[2] = {0.5f, 0.25f};

void check_tier() {
  CHECK(strcmp(qv_tier_name(), "") == 0, "a tier before qv_init: %s", qv_tier_name());
  qv_s8_matrix* matrix = nullptr;
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 8, nullptr, kScale, nullptr, &matrix) == QV_INVALID_STATE, "matrix before qv_init");
  CHECK(qv_init("sse9") == QV_UNSUPPORTED_ISA && strstr(qv_last_error(), "unknown tier sse9"), "%s", qv_last_error());
#if defined(__aarch64__)
  const char* foreign = "avx2";
#else
  const char* foreign = "i8mm";
#endif
  CHECK(qv_init(foreign) == QV_UNSUPPORTED_ISA, "a tier of another architecture");
  CHECK(qv_init("scalar") == QV_OK && strcmp(qv_tier_name(), "scalar") == 0, "scalar is everywhere");
  CHECK(qv_init("scalar") == QV_OK && qv_init(nullptr) == QV_OK, "again");
  CHECK(strncmp(qv_supported_tiers(), "scalar", 6) == 0, "%s", qv_supported_tiers());
  for (const char* other : {"avx2", "neon"}) {
    if (strstr(qv_supported_tiers(), other)) CHECK(qv_init(other) == QV_INVALID_STATE, "another tier later");
  }
  // Set where the CPU is known, as under an emulator: a tier that is not found would pass every test unseen.
  const char* known = getenv("QV_TEST_TIERS");
  if (known) CHECK(strcmp(known, qv_supported_tiers()) == 0, "found %s, but this CPU has %s", qv_supported_tiers(), known);
}

void check_weights() {
  qv_s8_matrix* matrix = nullptr;
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 2, 8, nullptr, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "stride below k");
  CHECK(qv_s8_matrix_create(kWeights, 2, 70000, 70000, 8, nullptr, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "k too large");
  CHECK(qv_s8_matrix_create(nullptr, 2, 3, 3, 8, nullptr, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "no weights");
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 9, nullptr, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "9 bits");
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 8, nullptr, kScale, nullptr, nullptr) == QV_INVALID_ARGUMENT, "no place");
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 8, nullptr, kScale, nullptr, &matrix) == QV_OK, "create");
  CHECK(qv_s8_matrix_bytes(matrix) == qv_packed_bytes(2, 3, 8), "%lld bytes", static_cast<long long>(qv_s8_matrix_bytes(matrix)));
  qv_s8_matrix_free(matrix);
  qv_float_matrix* floats = nullptr;
  CHECK(qv_float_matrix_create(kScale, 2, 1, 1, nullptr, static_cast<qv_precision>(9), &floats) == QV_INVALID_ARGUMENT, "precision 9");
  CHECK(qv_float_matrix_create(kScale, 2, 1, 1, nullptr, QV_BFLOAT16, &floats) == QV_OK, "%s", qv_last_error());
  CHECK(qv_float_matrix_bytes(floats) == qv_packed_bytes(2, 1, 16), "%lld bytes", static_cast<long long>(qv_float_matrix_bytes(floats)));
  qv_float_matrix_free(floats);
}

void check_pools() {
  qv_pool* pool = nullptr;
  CHECK(qv_pool_create(0, &pool) == QV_INVALID_ARGUMENT, "no thread");
  CHECK(qv_pool_create(257, &pool) == QV_INVALID_ARGUMENT, "too many threads");
  CHECK(qv_pool_create(2, nullptr) == QV_INVALID_ARGUMENT, "no place");
  CHECK(qv_pool_create(2, &pool) == QV_OK, "%s", qv_last_error());
  qv_pool_free(pool);
  qv_pool_free(nullptr);
}

void check_allocation_failures() {
  const long before = qv::live_allocations();
  qv_s8_matrix* matrix = nullptr;
  qv::fail_allocation(1);
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 8, nullptr, kScale, nullptr, &matrix) == QV_OUT_OF_MEMORY && !matrix, "int8 weights");
  qv_float_matrix* floats = nullptr;
  qv::fail_allocation(1);
  CHECK(qv_float_matrix_create(kScale, 2, 1, 1, nullptr, QV_FLOAT32, &floats) == QV_OUT_OF_MEMORY && !floats, "float weights");
  const int8_t minus_128[1] = {-128};
  CHECK(qv_s8_matrix_create(minus_128, 1, 1, 1, 8, nullptr, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "weight -128");
  CHECK(qv::live_allocations() == before, "%ld allocations are left", qv::live_allocations() - before);
}

}  // namespace

int main() {
  SUBJECT("C interface");
  REPRODUCE("api_test");
  check_tier();
  check_weights();
  check_pools();
  check_allocation_failures();
  CHECK(qv::live_allocations() == 0, "%ld allocations are left", qv::live_allocations());
  return check::report("api", 4);
}
