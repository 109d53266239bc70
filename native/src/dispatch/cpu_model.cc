#include <stdio.h>
#include <string.h>

#include "dispatch/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace qv {
namespace {

#if defined(__x86_64__)
// Writes the name, which has 48 characters with spaces on either side, and family, model and stepping.
void describe(char* text, size_t size) {
  unsigned words[13] = {}, a = 0, b, c, d;
  for (unsigned i = 0; i < 3; i++) {
    unsigned* at = words + 4 * i;
    if (!__get_cpuid(0x80000002u + i, &at[0], &at[1], &at[2], &at[3])) break;
  }
  char name[sizeof words];
  memcpy(name, words, sizeof name);
  const char* first = name + strspn(name, " ");
  size_t length = strlen(first);
  while (length > 0 && first[length - 1] == ' ') length--;
  if (!__get_cpuid(1, &a, &b, &c, &d)) a = 0;
  snprintf(text, size, "%.*s %x", static_cast<int>(length), first, a);
}
#elif defined(__aarch64__) && defined(__linux__)
// Reads MIDR_EL1, which names implementer and part; Linux allows that where HWCAP_CPUID is set.
void describe(char* text, size_t size) {
  const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  unsigned long midr = 0;
  if ((first >> 11) & 1) __asm__("mrs %0, MIDR_EL1" : "=r"(midr));  // HWCAP_CPUID
  snprintf(text, size, "arm64 %lx %lx %lx", midr, first, second);
}
#elif defined(__APPLE__)
void describe(char* text, size_t size) {
  if (sysctlbyname("machdep.cpu.brand_string", text, &size, nullptr, 0) != 0) snprintf(text, size, "Apple");
}
#else
void describe(char* text, size_t size) { snprintf(text, size, "unknown"); }
#endif

struct Model {
  char text[128];
  Model() { describe(text, sizeof text); }
};

}  // namespace

const char* cpu_model() {
  static const Model model;
  return model.text;
}

}  // namespace qv
