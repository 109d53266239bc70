#define QV_TIER_NAMESPACE qv_avx2
#include "kernels/rows.inc"
