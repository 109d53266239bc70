#include "dispatch/tier.h"

#include <string.h>

#include <atomic>

#include "dispatch/cpu_features.h"
#include "memory/error.h"

namespace qv {
namespace {

std::atomic<const KernelTable*> chosen{nullptr};

const char* const kTierNames[] = {"scalar", "avx2", "avx512vnni", "neon", "neondot", "i8mm"};

template <typename T>
void inherit(T& entry, const T& lower) {
  if (!entry) entry = lower;
}

// Fills what `table` lacks from the tier below it.
void complete(KernelTable& table, const KernelTable& below) {
  inherit(table.qgemm, below.qgemm);
  inherit(table.sgemm, below.sgemm);
  inherit(table.bgemm, below.bgemm);
  inherit(table.pack_floats, below.pack_floats);
  inherit(table.epilogue_s32, below.epilogue_s32);
  inherit(table.epilogue_f32, below.epilogue_f32);
  inherit(table.quantize_rows, below.quantize_rows);
  inherit(table.layernorm, below.layernorm);
  inherit(table.activate, below.activate);
  inherit(table.softmax, below.softmax);
  inherit(table.log_softmax, below.log_softmax);
  inherit(table.rows, below.rows);
  inherit(table.unpack, below.unpack);
}

void add(TierList& list, bool supported, const KernelTable& own) {
  if (!supported) return;
  KernelTable table = own;
  if (list.count > 0) complete(table, list.tables[list.count - 1]);
  list.tables[list.count++] = table;
}

TierList list_tiers() {
  TierList list = {};
  add(list, true, qv_kernels_scalar);
#if defined(__x86_64__)
  const CpuFeatures& cpu = cpu_features();
  add(list, cpu.avx2, qv_kernels_avx2);
  add(list, cpu.avx512vnni, qv_kernels_avx512vnni);
  if (cpu.avx512bf16) complete(list.tables[list.count - 1], qv_kernels_avx512bf16);
#elif defined(__aarch64__)
  const CpuFeatures& cpu = cpu_features();
  add(list, cpu.neon, qv_kernels_neon);
  add(list, cpu.neondot, qv_kernels_neondot);
  add(list, cpu.i8mm, qv_kernels_i8mm);
#endif
  return list;
}

const KernelTable* find(const TierList& list, const char* isa) {
  if (!isa || !*isa) return &list.tables[list.count - 1];
  for (int i = 0; i < list.count; i++) {
    if (strcmp(list.tables[i].name, isa) == 0) return &list.tables[i];
  }
  return nullptr;
}

bool is_tier_name(const char* isa) {
  for (const char* name : kTierNames) {
    if (strcmp(name, isa) == 0) return true;
  }
  return false;
}

}  // namespace

const TierList& supported_tiers() {
  static const TierList list = list_tiers();
  return list;
}

qv_status choose_tier(const char* isa) {
  const KernelTable* table = find(supported_tiers(), isa);
  if (!table) {
    return fail(QV_UNSUPPORTED_ISA, is_tier_name(isa) ? "this CPU or build has no tier %s" : "unknown tier %s", isa);
  }
  const KernelTable* none = nullptr;
  if (chosen.compare_exchange_strong(none, table)) return QV_OK;
  if (none == table || !isa || !*isa) return QV_OK;
  return fail(QV_INVALID_STATE, "tier %s asked, but %s is in use already", isa, none->name);
}

const KernelTable* kernels() { return chosen.load(std::memory_order_acquire); }

}  // namespace qv
