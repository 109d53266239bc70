#define QV_TIER_NAMESPACE qv_avx512vnni
#include "kernels/rows.inc"
