// Time that only goes forward.
#pragma once

#include <stdint.h>

#include <chrono>

namespace qv {

inline int64_t now_nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace qv
