#define QV_TIER_NAMESPACE qv_scalar
#include "kernels/rows.inc"
