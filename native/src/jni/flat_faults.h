/* For tests in Java only: makes allocations fail, and counts what is alive. Does nothing unless it is called. */
#ifndef QUANTVOICE_FLAT_FAULTS_H
#define QUANTVOICE_FLAT_FAULTS_H

#include "memory/memory.h"
#include "selfcheck/self_check.h"

/* The k-th allocation from now on fails, once; 0: none. */
static inline void qv_flat_fail_allocation(int64_t k) { qv::fail_allocation((long)k); }

/* The check of the tier of this name fails from now on; "": of none. */
static inline void qv_flat_fail_self_check(const char* tier) { qv::fail_self_check(tier); }

static inline int64_t qv_flat_live_allocations(void) { return qv::live_allocations(); }

#endif
