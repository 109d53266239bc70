// Chooses the kernels of this process, once. The choice may be forced.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv {

// The tiers that this CPU can run, slowest first. Each has the kernels of the tiers below where it has none of its own.
struct TierList {
  KernelTable tables[8];
  int count;
};

const TierList& supported_tiers();

// Returns the supported tier of a name, or NULL; the best one for "".
const KernelTable* find_tier(const char* name);

// Chooses the tier; isa NULL or "" takes the best.
qv_status choose_tier(const char* isa);

// Returns the chosen table, or NULL before choose_tier.
const KernelTable* kernels();

}  // namespace qv
