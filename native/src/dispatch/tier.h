// Which kernels this process uses: chosen once, may be forced.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv {

// The tiers that this CPU can run, slowest first, each completed with the kernels of those below.
struct TierList {
  KernelTable tables[8];
  int count;
};

const TierList& supported_tiers();

// The supported tier of a name, or NULL; the best one for "".
const KernelTable* find_tier(const char* name);

// Chooses the tier; isa NULL or "" takes the best.
qv_status choose_tier(const char* isa);

// The chosen table; NULL before choose_tier.
const KernelTable* kernels();

}  // namespace qv
