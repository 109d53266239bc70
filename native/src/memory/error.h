// The calling thread's last failure, as text for qv_last_error.
#pragma once

#include "quantvoice.h"

namespace qv {

// Stores the formatted text for this thread and returns the status.
__attribute__((format(printf, 2, 3))) qv_status fail(qv_status status, const char* format, ...);

const char* last_error();

}  // namespace qv
