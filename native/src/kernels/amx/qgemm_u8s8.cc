// The tile instructions in assembly, because GCC's intrinsics take no template argument as the number of a tile, and
// their loads do not declare that they read memory. Each product configures the tiles and releases them again, so that
// other code of the thread, and the system when it switches threads, never find them in use.
#include "kernels/amx/qgemm.inc"

namespace qv_amx {
namespace {

// The operand of LDTILECFG.
struct alignas(64) Configuration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

struct Tiles {
  static void configure(int above, int below) {
    Configuration c;
    const int rows[8] = {above, above, below, below, above, below, kTileRows, kTileRows};
    for (int i = 0; i < 8; i++) {
      c.rows[i] = static_cast<uint8_t>(rows[i]);
      c.row_bytes[i] = rows[i] > 0 ? kTileBytes : 0;
    }
    __asm__ volatile("ldtilecfg %0" ::"m"(c));
  }
  static void release() { __asm__ volatile("tilerelease" ::: "memory"); }
  template <int T>
  static void zero() {
    __asm__ volatile("tilezero %%tmm%c0" ::"i"(T));
  }
  template <int T>
  static void load(const char* from, ptrdiff_t stride) {
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(T) : "memory");
  }
  template <int T>
  static void store(char* to, ptrdiff_t stride) {
    __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(T) : "memory");
  }
  template <int Sum, int A, int B>
  static void multiply() {
    __asm__ volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(Sum), "i"(A), "i"(B));
  }
};

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = amx_kernel<Tiles>();

}  // namespace qv_amx
