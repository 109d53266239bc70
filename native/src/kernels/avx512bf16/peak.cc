#include <immintrin.h>

#include "dispatch/peak.h"

// Assembly, because a compiler may fold or reorder what has no effect: 24 accumulators hide a latency of up to 12.
#define ROW(instruction, r) instruction " %%zmm31, %%zmm30, %%zmm" #r "\n\t"
#define ALL(instruction)                                                                                          \
  ROW(instruction, 0) ROW(instruction, 1) ROW(instruction, 2) ROW(instruction, 3) ROW(instruction, 4)             \
  ROW(instruction, 5) ROW(instruction, 6) ROW(instruction, 7) ROW(instruction, 8) ROW(instruction, 9)             \
  ROW(instruction, 10) ROW(instruction, 11) ROW(instruction, 12) ROW(instruction, 13) ROW(instruction, 14)        \
  ROW(instruction, 15) ROW(instruction, 16) ROW(instruction, 17) ROW(instruction, 18) ROW(instruction, 19)        \
  ROW(instruction, 20) ROW(instruction, 21) ROW(instruction, 22) ROW(instruction, 23)
#define CHAIN(instruction)                                                                                        \
  for (long i = 0; i < rounds; i++) {                                                                             \
    __asm__ volatile(ALL(instruction) ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
                     "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",     \
                     "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm30", "xmm31");                              \
  }
#define CLEAR() __asm__ volatile("vzeroall\n\tvpxorq %%zmm30, %%zmm30, %%zmm30\n\tvpxorq %%zmm31, %%zmm31, %%zmm31" ::: "memory")

int qv_peak_vnni(long rounds) {
  CLEAR();
  CHAIN("vpdpbusd");
  return 0;
}

float qv_peak_fma(long rounds) {
  CLEAR();
  CHAIN("vfmadd231ps");
  return 0;
}

float qv_peak_bf16(long rounds) {
  CLEAR();
  CHAIN("vdpbf16ps");
  return 0;
}
