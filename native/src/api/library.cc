// The part of the C interface with the choice of kernels of the process, and the pool.
#include <stdio.h>
#include <string.h>

#include "dispatch/cpu_features.h"
#include "dispatch/tier.h"
#include "memory/error.h"
#include "pool/thread_pool.h"
#include "quantvoice.h"
#include "selfcheck/self_check.h"

namespace {

// The names of all supported tiers, built once.
struct TierNames {
  char text[128] = "";
  TierNames() {
    const qv::TierList& list = qv::supported_tiers();
    for (int i = 0; i < list.count; i++) {
      const size_t used = strlen(text);
      snprintf(text + used, sizeof text - used, i ? " %s" : "%s", list.tables[i].name);
    }
  }
};

qv::ThreadPool* pool_of(qv_pool* pool) { return reinterpret_cast<qv::ThreadPool*>(pool); }

}  // namespace

extern "C" {

qv_status qv_init(const char* isa) { return qv::choose_tier(isa); }

const char* qv_tier_name(void) {
  const qv::KernelTable* table = qv::kernels();
  return table ? table->name : "";
}

const char* qv_supported_tiers(void) {
  static const TierNames names;
  return names.text;
}

qv_status qv_check_tier(const char* name) {
  const qv::KernelTable* table = name ? qv::find_tier(name) : nullptr;
  if (!table) return qv::fail(QV_UNSUPPORTED_ISA, "this CPU or build has no tier %s", name ? name : "NULL");
  return qv::self_check(*table);
}

const char* qv_cpu_model(void) { return qv::cpu_model(); }

const char* qv_last_error(void) { return qv::last_error(); }

qv_status qv_pool_create(int32_t threads, qv_pool** pool) {
  if (!pool) return qv::fail(QV_INVALID_ARGUMENT, "the place for the pool is NULL");
  return qv::ThreadPool::create(threads, reinterpret_cast<qv::ThreadPool**>(pool));
}

void qv_pool_free(qv_pool* pool) { qv::ThreadPool::destroy(pool_of(pool)); }

}  // extern "C"
