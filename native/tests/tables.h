// The tables that products are tested on: the tiers of this CPU; beside them kernels that it would not choose, or that it
// lacks and a model stands in for.
#pragma once

#include <vector>

#include "amx_model.h"
#include "dispatch/cpu_features.h"
#include "dispatch/tier.h"

#if defined(__x86_64__)
namespace qv_avxvnni {
extern const qv::GemmKernel qgemm_vex, qgemm_evex;
}
#endif

inline const std::vector<qv::KernelTable>& product_tables() {
  static const qv::GemmKernel model = amx_kernel<TileModel>();
  static const std::vector<qv::KernelTable> tables = [] {
    const qv::TierList& tiers = qv::supported_tiers();
    std::vector<qv::KernelTable> all(tiers.tables, tiers.tables + tiers.count);
    const auto add = [&](const char* name, const qv::GemmKernel& kernel) {
      all.push_back(tiers.tables[0]);
      all.back().name = name;
      all.back().qgemm = &kernel;
    };
    add("amx-model", model);
#if defined(__x86_64__)
    if (qv::cpu_features().avxvnni) add("avxvnni-vex", qv_avxvnni::qgemm_vex);
    if (qv::cpu_features().avx512vnni) add("avxvnni-evex", qv_avxvnni::qgemm_evex);
#endif
    return all;
  }();
  return tables;
}
