// The attention kernel of a tier for a shape: the fastest that takes it, or the fastest in float if exact.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/attention.h"

namespace qv {

const qv_attention_kernel& attention_kernel(const KernelTable& table, int64_t keys, int64_t d, bool exact);

}  // namespace qv
