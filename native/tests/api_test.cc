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

void check_contents() {
  char kept[4096], again[4096];
  qv_s8_matrix *made = nullptr, *back = nullptr;
  for (const int bits : {8, 4}) {
    const int8_t weights[6] = {1, -2, 3, 4, 5, -7};
    CHECK(qv_s8_matrix_create(weights, 2, 3, 3, bits, nullptr, kScale, kScale, &made) == QV_OK, "%s", qv_last_error());
    const int64_t bytes = qv_s8_matrix_content(made, kept, sizeof kept);
    CHECK(bytes > 0 && bytes < qv_s8_matrix_bytes(made), "%lld bytes", static_cast<long long>(bytes));
    CHECK(qv_s8_matrix_restore(kept, bytes, 2, 3, bits, nullptr, &back) == QV_OK, "%s", qv_last_error());
    CHECK(qv_s8_matrix_content(back, again, sizeof again) == bytes && !memcmp(kept, again, bytes), "%d bits", bits);
    CHECK(qv_s8_matrix_bytes(back) == qv_s8_matrix_bytes(made), "bytes of %d bits", bits);
    CHECK(qv_s8_matrix_restore(kept, bytes - 1, 2, 3, bits, nullptr, &back) == QV_INVALID_ARGUMENT, "a byte less");
    CHECK(qv_s8_matrix_restore(kept, bytes, 2, 70000, bits, nullptr, &back) == QV_INVALID_ARGUMENT, "k too large");
    qv_s8_matrix_free(made);
    qv_s8_matrix_free(back);
  }
  CHECK(qv_s8_matrix_restore(kept, 64, 2, 3, 16, nullptr, &back) == QV_INVALID_ARGUMENT, "16 bits of int8");
  CHECK(qv_s8_matrix_restore(kept, 64, 2, 3, 1, nullptr, &back) == QV_INVALID_ARGUMENT, "1 bit");
  CHECK(qv_s8_matrix_restore(nullptr, 64, 2, 3, 8, nullptr, &back) == QV_INVALID_ARGUMENT, "no content");
  CHECK(qv_s8_matrix_content(nullptr, kept, sizeof kept) == 0, "the content of nothing");
}

void check_float_contents() {
  char kept[4096], again[4096];
  const float weights[6] = {1, -2, 3, 0.5f, 5, -7};
  qv_float_matrix *made = nullptr, *back = nullptr;
  for (const qv_precision precision : {QV_FLOAT32, QV_BFLOAT16}) {
    CHECK(qv_float_matrix_create(weights, 2, 3, 3, kScale, precision, &made) == QV_OK, "%s", qv_last_error());
    const int64_t bytes = qv_float_matrix_content(made, kept, sizeof kept);
    memset(again, 1, sizeof again);
    CHECK(qv_float_matrix_content(made, again, bytes - 1) == bytes && again[0] == 1, "too little room is left alone");
    CHECK(qv_float_matrix_restore(kept, bytes, 2, 3, precision, &back) == QV_OK, "%s", qv_last_error());
    CHECK(qv_float_matrix_content(back, again, sizeof again) == bytes && !memcmp(kept, again, bytes), "%d", precision);
    CHECK(qv_float_matrix_restore(kept, bytes, 3, 300, precision, &back) == QV_INVALID_ARGUMENT, "other sizes");
    qv_float_matrix_free(made);
    qv_float_matrix_free(back);
  }
  CHECK(qv_float_matrix_restore(kept, 64, 2, 3, static_cast<qv_precision>(7), &back) == QV_INVALID_ARGUMENT, "precision 7");
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
  char kept[4096];
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, 8, nullptr, kScale, nullptr, &matrix) == QV_OK, "%s", qv_last_error());
  const int64_t bytes = qv_s8_matrix_content(matrix, kept, sizeof kept);
  qv_s8_matrix_free(matrix);
  for (long k = 1; k <= 2; k++) {  // the matrix, its entry in the list of what is alive
    matrix = nullptr;
    qv::fail_allocation(k);
    CHECK(qv_s8_matrix_restore(kept, bytes, 2, 3, 8, nullptr, &matrix) == QV_OUT_OF_MEMORY && !matrix, "restore, %ld", k);
  }
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
  check_contents();
  check_float_contents();
  check_pools();
  check_allocation_failures();
  CHECK(qv::live_allocations() == 0, "%ld allocations are left", qv::live_allocations());
  return check::report("api", 6);
}
