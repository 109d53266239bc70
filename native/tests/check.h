// A few lines instead of a test framework: failures are counted, printed with what reproduces them, and end in exit 1.
#pragma once

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <initializer_list>

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

// An access beyond a guard page, or an instruction that this CPU lacks, also says what it was about.
inline void on_crash(int number) {
  const char* const texts[] = {"\ncrash in ", subject, "\n  reproduce: ", command, "\n"};
  for (const char* text : texts) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) break;
  }
  signal(number, SIG_DFL);
  raise(number);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define QV_SANITIZED
#endif
#endif
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(QV_SANITIZED)  // which tell more themselves
inline const bool watched = [] {
  for (int number : {SIGSEGV, SIGILL}) signal(number, on_crash);
#if defined(SIGBUS)  // which Windows has not
  signal(SIGBUS, on_crash);
#endif
  return true;
}();
#endif

inline int report(const char* name, long cases) {
  printf("%s: %ld cases, %d failures\n", name, cases, failures);
  return failures == 0 && cases > 0 ? 0 : 1;
}

}  // namespace check
