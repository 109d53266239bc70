// What this CPU and its operating system can run. Compiled without any ISA flag, so that detection itself runs anywhere.
#pragma once

namespace qv {

struct CpuFeatures {
  bool avx2;        // with FMA, and ymm state saved by the system
  bool avx512vnni;  // F, BW, DQ, VL, VNNI, and zmm state saved by the system
  bool avx512bf16;
  bool neon;
  bool neondot;
  bool i8mm;
};

const CpuFeatures& cpu_features();

}  // namespace qv
