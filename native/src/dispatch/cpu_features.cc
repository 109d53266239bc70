#include "dispatch/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace qv {
namespace {

#if defined(__x86_64__)
// The state that the operating system saves on a context switch (XCR0); a CPU flag without it means SIGILL.
unsigned saved_state() {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

bool bit(unsigned word, int index) { return (word >> index) & 1u; }

// Asks for the 8 kB of tile state, which Linux gives a process only on request, and then to all of its threads.
bool may_use_tiles() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

CpuFeatures detect() {
  CpuFeatures found = {};
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return found;
  const bool fma = bit(c, 12), osxsave = bit(c, 27), avx = bit(c, 28);
  if (!osxsave || !avx) return found;
  const unsigned state = saved_state();
  const bool ymm = (state & 0x6) == 0x6, zmm = (state & 0xe6) == 0xe6, tiles = (state & 0x60000) == 0x60000;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
  const unsigned subleaves = a;
  const bool wide = bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);  // F, DQ, BW, VL
  const bool amx = bit(d, 24) && bit(d, 25);                               // TILE, INT8
  found.avx2 = ymm && fma && bit(b, 5);
  found.avx512 = zmm && found.avx2 && wide;
  found.avx512vnni = found.avx512 && bit(c, 11);
  found.amx = found.avx512vnni && amx && tiles && may_use_tiles();
  if (subleaves < 1 || !__get_cpuid_count(7, 1, &a, &b, &c, &d)) return found;
  found.avxvnni = found.avx2 && bit(a, 4);
  found.avx512bf16 = found.avx512vnni && bit(a, 5);
  return found;
}
#elif defined(__aarch64__) && defined(__APPLE__)
bool has(const char* feature) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(feature, &value, &size, nullptr, 0) == 0 && value != 0;
}

CpuFeatures detect() {
  CpuFeatures found = {};
  found.neon = true;
  found.neondot = has("hw.optional.arm.FEAT_DotProd");
  found.i8mm = found.neondot && has("hw.optional.arm.FEAT_I8MM");
  return found;
}
#elif defined(__aarch64__) && defined(__linux__)
CpuFeatures detect() {
  CpuFeatures found = {};
  const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  found.neon = true;                                   // every armv8-a CPU has NEON
  found.neondot = (first >> 20) & 1;                   // HWCAP_ASIMDDP
  found.i8mm = found.neondot && ((second >> 13) & 1);  // HWCAP2_I8MM
  return found;
}
#else
CpuFeatures detect() { return {}; }
#endif

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures found = detect();
  return found;
}

}  // namespace qv
