// Measures the peak speed of this CPU by chains of independent multiply-adds on registers only.
#pragma once

// Runs `rounds` times 24 independent vpdpbusd (or vfmadd, vdpbf16ps) on 16 lanes; returns a value that depends on all.
extern "C" int qv_peak_vnni(long rounds);
extern "C" float qv_peak_fma(long rounds);
extern "C" float qv_peak_bf16(long rounds);
