#include "memory/error.h"

#include <stdarg.h>
#include <stdio.h>

namespace qv {
namespace {
thread_local char text[320] = "";
}

qv_status fail(qv_status status, const char* format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return status;
}

const char* last_error() { return text; }

}  // namespace qv
