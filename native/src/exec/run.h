// Runs a program on a pool: see qv_program_run in quantvoice.h.
#pragma once

#include "exec/program.h"
#include "pool/thread_pool.h"

namespace qv {

// bases: where the arena and the slots begin; their sizes were checked.
qv_status run_program(Turn& turn, const qv_program& program, char* const* bases, int64_t* step_nanos);

}  // namespace qv
