#define QV_DPBUSD _mm256_dpbusd_epi32
#define QV_KERNEL qgemm_evex
#include "kernels/avxvnni/qgemm.inc"
