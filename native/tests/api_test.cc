// The C interface as C callers see it: statuses, texts, life cycle, allocation failures.
#include <string.h>

#include "check.h"
#include "memory/memory.h"
#include "quantvoice.h"

namespace {

const int8_t kWeights[6] = {1, -2, 3, 4, 5, -127};
const float kScale[2] = {0.5f, 0.25f};
const uint8_t kRows[6] = {10, 20, 30, 40, 50, 60};
const float kOne = 1.0f;
const int32_t kZero = 0;

void check_tier() {
  CHECK(strcmp(qv_tier_name(), "") == 0, "a tier before qv_init: %s", qv_tier_name());
  qv_s8_matrix* matrix = nullptr;
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, kScale, nullptr, &matrix) == QV_INVALID_STATE, "matrix before qv_init");
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

void check_qgemm(qv_pool* pool) {
  qv_s8_matrix* matrix = nullptr;
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 2, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "stride below k");
  CHECK(qv_s8_matrix_create(kWeights, 2, 70000, 70000, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "k too large");
  CHECK(qv_s8_matrix_create(nullptr, 2, 3, 3, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "no weights");
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, kScale, nullptr, &matrix) == QV_OK, "create");
  int32_t out[4] = {};
  const qv_u8_rows rows = {kRows, 2, 3, &kOne, &kZero, 0};
  qv_epilogue epilogue = {QV_ACT_NONE, 0, nullptr, 0, QV_OUT_INT32, 0, 0};
  CHECK(qv_qgemm_u8s8(pool, &rows, matrix, &epilogue, out, 2) == QV_OK, "%s", qv_last_error());
  CHECK(out[0] == 60 && out[1] == -3670 && out[2] == 120 && out[3] == -7210, "%d %d %d %d", out[0], out[1], out[2], out[3]);
  CHECK(qv_qgemm_u8s8(pool, &rows, matrix, &epilogue, out, 1) == QV_INVALID_ARGUMENT, "ldc below n");
  epilogue.output = QV_OUT_UINT8;
  CHECK(qv_qgemm_u8s8(pool, &rows, matrix, &epilogue, out, 2) == QV_INVALID_ARGUMENT, "output scale 0");
  epilogue.output = static_cast<qv_output>(9);
  CHECK(qv_qgemm_u8s8(pool, &rows, matrix, &epilogue, out, 2) == QV_INVALID_ARGUMENT, "unknown output");
  CHECK(qv_qgemm_u8s8(nullptr, &rows, matrix, &epilogue, out, 2) == QV_INVALID_ARGUMENT, "no pool");
  const int32_t bad_zero = 256;
  const qv_u8_rows bad = {kRows, 2, 3, &kOne, &bad_zero, 0};
  epilogue.output = QV_OUT_INT32;
  CHECK(qv_qgemm_u8s8(pool, &bad, matrix, &epilogue, out, 2) == QV_INVALID_ARGUMENT, "zero point 256");
  const qv_u8_rows none = {kRows, 0, 3, &kOne, &kZero, 0};
  CHECK(qv_qgemm_u8s8(pool, &none, matrix, &epilogue, out, 2) == QV_OK, "no rows");
  qv_s8_matrix_free(matrix);
}

void check_rows(qv_pool* pool) {
  float data[4] = {1, 2, 3, 4};
  uint8_t bytes[4];
  qv_rows rows = {data, 2, 2, 2, bytes, 2, QV_OUT_UINT8, 0, 0, nullptr, nullptr};
  CHECK(qv_quantize_rows(pool, &rows) == QV_INVALID_ARGUMENT, "scale 0");
  rows.scale = 1;
  CHECK(qv_quantize_rows(pool, &rows) == QV_OK && bytes[3] == 4, "%s", qv_last_error());
  rows.output = QV_OUT_FLOAT32;
  CHECK(qv_quantize_rows(pool, &rows) == QV_INVALID_ARGUMENT, "to float");
  rows.out = data;
  CHECK(qv_activate(pool, &rows, static_cast<qv_activation>(7), 0) == QV_INVALID_ARGUMENT, "unknown activation");
  CHECK(qv_layernorm(pool, &rows, nullptr, nullptr, 0, QV_ACT_NONE) == QV_OK && data[0] == -1 && data[1] == 1,
        "in place: %g %g", static_cast<double>(data[0]), static_cast<double>(data[1]));
  rows.n = 0;
  CHECK(qv_softmax(pool, &rows) == QV_INVALID_ARGUMENT, "n = 0");
}

void check_allocation_failures(qv_pool* pool) {
  const long before = qv::live_allocations();
  qv_s8_matrix* matrix = nullptr;
  qv::fail_allocation(1);
  CHECK(qv_s8_matrix_create(kWeights, 2, 3, 3, kScale, nullptr, &matrix) == QV_OUT_OF_MEMORY && !matrix, "int8 weights");
  qv_float_matrix* floats = nullptr;
  qv::fail_allocation(1);
  CHECK(qv_float_matrix_create(kScale, 2, 1, 1, nullptr, QV_FLOAT32, &floats) == QV_OUT_OF_MEMORY && !floats, "float weights");
  const int8_t minus_128[1] = {-128};
  CHECK(qv_s8_matrix_create(minus_128, 1, 1, 1, kScale, nullptr, &matrix) == QV_INVALID_ARGUMENT, "weight -128");
  CHECK(qv::live_allocations() == before, "%ld allocations are left", qv::live_allocations() - before);
  CHECK(qv_pool_threads(pool) == 2 && qv_pool_threads(nullptr) == 0, "threads");
}

}  // namespace

int main() {
  SUBJECT("C interface");
  REPRODUCE("api_test");
  check_tier();
  qv_pool* pool = nullptr;
  CHECK(qv_pool_create(2, &pool) == QV_OK, "%s", qv_last_error());
  check_qgemm(pool);
  check_rows(pool);
  check_allocation_failures(pool);
  qv_pool_free(pool);
  qv_pool_free(nullptr);
  CHECK(qv::live_allocations() == 0, "%ld allocations are left", qv::live_allocations());
  return check::report("api", 4);
}
