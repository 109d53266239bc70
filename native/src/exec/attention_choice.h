// Returns the attention kernel of a tier for a shape: the fastest that takes the shape or, if exact, the fastest in
// float.
#pragma once

#include "dispatch/kernel_table.h"
#include "kernels/attention.h"

namespace qv {

const qv_attention_kernel& attention_kernel(const KernelTable& table, int64_t keys, int64_t d, bool exact);

}  // namespace qv
