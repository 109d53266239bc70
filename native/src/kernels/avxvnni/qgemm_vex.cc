#define QV_DPBUSD _mm256_dpbusd_avx_epi32
#define QV_KERNEL qgemm_vex
#include "kernels/avxvnni/qgemm.inc"
