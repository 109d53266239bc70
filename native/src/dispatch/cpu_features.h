// What this CPU and its operating system can run. This file is compiled without any ISA flag, so that detection itself
// runs on every CPU.
#pragma once

namespace qv {

struct CpuFeatures {
  bool avx2;        // with FMA, and ymm state saved by the system
  bool avxvnni;     // VPDPBUSD in the VEX form
  bool avx512;      // F, BW, DQ, VL, and zmm state saved by the system
  bool avx512vnni;  // with avx512
  bool avx512bf16;  // with avx512vnni
  bool amx;         // tiles of int8 with avx512vnni, and the system's permission to use them
  bool neon;
  bool neondot;
  bool i8mm;
};

const CpuFeatures& cpu_features();

// The CPU's name and model number: the same text for all CPUs of a model, never NULL.
const char* cpu_model();

}  // namespace qv
