#define QV_TIER_NAMESPACE qv_avx512
#include "kernels/rows.inc"
