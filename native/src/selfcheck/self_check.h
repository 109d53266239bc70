// Checks a tier on the CPU that it runs on: its kernels and their scalar twins get the same small inputs, of every
// height of a tile and every remainder of a vector. So a CPU, a hypervisor or a compiler that breaks an instruction is
// found before it can cause wrong words.
#pragma once

#include "dispatch/kernel_table.h"
#include "quantvoice.h"

namespace qv {

// Returns QV_WRONG_RESULTS with a text that names the kernel if a tier differs from scalar in a bit, or by more than
// rounding where its instruction has a rounding of its own (bfloat16, attention). It takes some milliseconds.
qv_status self_check(const KernelTable& table);

// Tests only: from now on the tier of this name fails its check; NULL or "": none does.
void fail_self_check(const char* tier);

}  // namespace qv
