#include "dispatch/tier.h"

#include <string.h>

#include <atomic>

#include "dispatch/cpu_features.h"
#include "memory/error.h"

#define QV_DECLARE(name, number, supported) \
  namespace qv_##name {                     \
  void add_kernels(qv::KernelTable& table); \
  }
QV_DECLARE(scalar, 0, true)
#if defined(__x86_64__)
#define QV_X86_TIER QV_DECLARE
#elif defined(__aarch64__)
#define QV_ARM_TIER QV_DECLARE
#endif
#include "dispatch/tiers.def"

namespace qv {
namespace {

std::atomic<const KernelTable*> chosen{nullptr};

#define QV_NAME(name, number, supported) #name,
#define QV_X86_TIER QV_NAME
#define QV_ARM_TIER QV_NAME
const char* const kTierNames[] = {
    "scalar",
#include "dispatch/tiers.def"
};

// Adds a tier, whose kernels replace those of the tier below it.
void add(TierList& list, bool supported, const char* name, int number, void (*add_kernels)(KernelTable& table)) {
  if (!supported) return;
  KernelTable& table = list.tables[list.count];
  if (list.count > 0) table = list.tables[list.count - 1];
  table.name = name;
  table.tier = number;
  add_kernels(table);
  list.count++;
}

TierList list_tiers() {
  TierList list = {};
  add(list, true, "scalar", QV_TIER_SCALAR, qv_scalar::add_kernels);
  [[maybe_unused]] const CpuFeatures& cpu = cpu_features();
#define QV_ADD(name, number, supported) add(list, supported, #name, number, qv_##name::add_kernels);
#if defined(__x86_64__)
#define QV_X86_TIER QV_ADD
#elif defined(__aarch64__)
#define QV_ARM_TIER QV_ADD
#endif
#include "dispatch/tiers.def"
  return list;
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

const KernelTable* find_tier(const char* name) {
  const TierList& list = supported_tiers();
  if (!*name) return &list.tables[list.count - 1];
  for (int i = 0; i < list.count; i++) {
    if (strcmp(list.tables[i].name, name) == 0) return &list.tables[i];
  }
  return nullptr;
}

qv_status choose_tier(const char* isa) {
  const KernelTable* table = find_tier(isa ? isa : "");
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
