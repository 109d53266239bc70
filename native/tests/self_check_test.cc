// The self-check of tiers: it lets right kernels pass and finds each kernel that is wrong, however little.
#include "selfcheck/self_check.h"

#include <string.h>

#include "check.h"
#include "dispatch/row_kernels.h"
#include "memory/memory.h"
#include "tables.h"

namespace {

long cases = 0;

// A table whose one kernel is wrong in one place: the kernel runs, then something of what it wrote is changed.
const qv::KernelTable* right = nullptr;
qv::GemmKernel broken_gemm;

void change(float* value) {
  uint32_t bits;
  memcpy(&bits, value, sizeof bits);
  bits ^= 1;
  memcpy(value, &bits, sizeof bits);
}

template <const qv::GemmKernel* qv::KernelTable::*Gemm, int Height>
void wrong_tile(int rows, int steps, const void* a, const void* b, void* acc) {
  (right->*Gemm)->tile(rows, steps, a, b, acc);
  if (rows != Height) return;
  int32_t* last = static_cast<int32_t*>(acc) + rows * (right->*Gemm)->nr - 1;
  *last += *last > 0 ? 64 : -64;  // still a float near the right one
}

template <qv::RowsKernel qv::KernelTable::*Rows>
void wrong_rows(const qv::RowsCall* call, int64_t begin, int64_t end, float* scratch) {
  (right->*Rows)(call, begin, end, scratch);
  if (call->n != 15) return;
  if (call->out.output == QV_OUT_FLOAT32) {
    change(static_cast<float*>(call->out.data) + 14);
  } else {
    static_cast<uint8_t*>(call->out.data)[14] ^= 1;
  }
}

template <void (*qv::KernelTable::*Epilogue)(const qv::EpilogueTile*)>
void wrong_epilogue(const qv::EpilogueTile* tile) {
  (right->*Epilogue)(tile);
  if (tile->output == QV_OUT_FLOAT32) change(static_cast<float*>(tile->out));
}

void wrong_unpack(const uint8_t* packed, size_t chunks, int bits, const int8_t* levels, int8_t* weights) {
  right->unpack(packed, chunks, bits, levels, weights);
  if (bits == 5) weights[40] = static_cast<int8_t>(-weights[40] + 1);
}

float wrong_dot(const float* x, const float* y, int64_t n) {
  float sum = right->rows->dot(x, y, n);
  if (n == 17) change(&sum);
  return sum;
}

void expect(const qv::KernelTable& table, const char* kernel) {
  SUBJECT("%s with a wrong %s", table.name, kernel);
  const long before = qv::live_allocations();
  CHECK(qv::self_check(table) == QV_WRONG_RESULTS, "it passed");
  CHECK(strstr(qv_last_error(), kernel) && strstr(qv_last_error(), table.name), "%s", qv_last_error());
  CHECK(qv::live_allocations() == before, "memory leaks");
  cases++;
}

template <const qv::GemmKernel* qv::KernelTable::*Gemm, int Height>
void break_gemm(const char* kernel) {
  if (Height > (right->*Gemm)->mr) return;
  qv::KernelTable table = *right;
  broken_gemm = *(right->*Gemm);
  broken_gemm.tile = wrong_tile<Gemm, Height>;
  table.*Gemm = &broken_gemm;
  expect(table, kernel);
}

template <qv::RowsKernel qv::KernelTable::*Rows>
void break_rows(const char* kernel) {
  qv::KernelTable table = *right;
  table.*Rows = wrong_rows<Rows>;
  expect(table, kernel);
}

void break_all() {
  break_gemm<&qv::KernelTable::qgemm, 1>("qgemm");
  break_gemm<&qv::KernelTable::qgemm, 4>("qgemm");
  break_gemm<&qv::KernelTable::qgemm, 14>("qgemm");
  break_gemm<&qv::KernelTable::sgemm, 3>("sgemm");
  break_rows<&qv::KernelTable::quantize_rows>("quantize_rows");
  break_rows<&qv::KernelTable::activate>("activate");
  break_rows<&qv::KernelTable::layernorm>("layernorm");
  break_rows<&qv::KernelTable::softmax>("softmax");
  break_rows<&qv::KernelTable::log_softmax>("log_softmax");
  qv::KernelTable table = *right;
  table.epilogue_s32 = wrong_epilogue<&qv::KernelTable::epilogue_s32>;
  expect(table, "qgemm");
  table = *right;
  table.epilogue_f32 = wrong_epilogue<&qv::KernelTable::epilogue_f32>;
  expect(table, "sgemm");
  table = *right;
  table.unpack = wrong_unpack;
  expect(table, "unpack");
  qv::RowKernels rows = *right->rows;
  rows.dot = wrong_dot;
  table = *right;
  table.rows = &rows;
  expect(table, "rows");
}

void run_interface() {
  SUBJECT("C interface");
  CHECK(qv_check_tier("scalar") == QV_OK, "%s", qv_last_error());
  CHECK(qv_check_tier("sse9") == QV_UNSUPPORTED_ISA && qv_check_tier(nullptr) == QV_UNSUPPORTED_ISA, "unknown tiers");
  CHECK(strlen(qv_cpu_model()) > 3, "the CPU is called %s", qv_cpu_model());
  qv::fail_self_check("scalar");
  CHECK(qv_check_tier("scalar") == QV_WRONG_RESULTS && strstr(qv_last_error(), "scalar"), "%s", qv_last_error());
  qv::fail_self_check(nullptr);
  CHECK(qv_check_tier("scalar") == QV_OK, "%s", qv_last_error());
  cases++;
}

// Every allocation fails once: a status, and nothing left behind.
void run_allocation_failures() {
  const qv::TierList& tiers = qv::supported_tiers();
  const long before = qv::live_allocations();
  for (long k = 1, failed = 1; failed; k += 1 + k / 3) {
    SUBJECT("allocation %ld fails", k);
    qv::fail_allocation(k);
    const qv_status status = qv::self_check(tiers.tables[tiers.count - 1]);
    qv::fail_allocation(0);
    failed = status != QV_OK;
    CHECK(status == QV_OK || status == QV_OUT_OF_MEMORY, "status %d: %s", status, qv_last_error());
    CHECK(qv::live_allocations() == before, "memory leaks");
    cases++;
  }
}

}  // namespace

int main() {
  REPRODUCE("self_check_test");
  for (const qv::KernelTable& table : product_tables()) {
    SUBJECT("%s", table.name);
    CHECK(qv::self_check(table) == QV_OK, "%s", qv_last_error());
    right = &table;
    break_all();
    cases++;
  }
  run_interface();
  run_allocation_failures();
  return check::report("self_check", cases);
}
