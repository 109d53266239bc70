// A few lines instead of a test framework: failures are counted, printed with what reproduces them, and end in exit 1.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace check {

inline int failures = 0;

// What the checks are about now: tier, shape, seed; and the command that runs only that.
inline char subject[256] = "";
inline char command[256] = "";

#define SUBJECT(...) snprintf(check::subject, sizeof check::subject, __VA_ARGS__)
#define REPRODUCE(...) snprintf(check::command, sizeof check::command, __VA_ARGS__)

#define CHECK(condition, ...)                                                          \
  do {                                                                                 \
    if (!(condition)) {                                                                \
      if (check::failures++ < 20) {                                                    \
        fprintf(stderr, "%s:%d: %s\n  %s: ", __FILE__, __LINE__, #condition, check::subject); \
        fprintf(stderr, __VA_ARGS__);                                                  \
        fprintf(stderr, "\n  reproduce: %s\n", check::command);                        \
      }                                                                                \
    }                                                                                  \
  } while (0)

inline int report(const char* name, long cases) {
  printf("%s: %ld cases, %d failures\n", name, cases, failures);
  return failures == 0 && cases > 0 ? 0 : 1;
}

}  // namespace check
