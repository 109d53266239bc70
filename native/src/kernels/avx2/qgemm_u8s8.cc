// Tiles of up to 4 x 16. Without VNNI the byte product instruction saturates at 16 bits, so both sides are widened to 16
// bits. As a register then holds half as many values, multiplications are the limit, and Winograd's inner product needs
// half of them (S. Winograd, A new algorithm for inner product, 1968):
//   a0 w0 + a2 w2 = (a0 + w2) (a2 + w0) - a0 a2 - w0 w2
// Two steps of 2 k are multiplied with each other so. What is to be subtracted depends on the row or on the column alone,
// and is packed behind the last step of each. All sums are exact modulo 2^32, so the result is exact, as it fits 32 bits.
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "dispatch/kernel_table.h"

namespace qv_avx2 {
namespace {

constexpr int kRows = 4, kColumns = 16, kDepth = 2;
constexpr int kTurn = 2;                       // steps that are multiplied with each other
constexpr int kStepBytes = kColumns * kDepth;  // of weights
constexpr int kHalfBytes = kStepBytes / 2;
constexpr ptrdiff_t kTurnBytes = kTurn * kStepBytes;
constexpr int kCorrectionSteps = 2;  // 4 bytes for each column, and more than that for each row
constexpr int kBlock = 16;           // bytes of a row that are packed at once
static_assert(kCorrectionSteps * kStepBytes == kColumns * 4, "corrections of columns");

__m256i load_half(const char* b) { return _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(b))); }

__m256i broadcast(const char* a) {
  int32_t word;
  memcpy(&word, a, sizeof word);
  return _mm256_set1_epi32(word);
}

// In assembly, because GCC 12 copies sums that it adds to between registers until some are spilled.
__m256i add_product(__m256i to, __m256i p, __m256i q) {
  __asm__("vpaddd %1, %0, %0" : "+x"(to) : "x"(_mm256_madd_epi16(p, q)));
  return to;
}

void store(int32_t* acc, __m256i x) { _mm256_store_si256(reinterpret_cast<__m256i*>(acc), x); }

// Stores the sums of a row with the corrections, which follow the last step.
void finish(const char* a, const char* b, __m256i left, __m256i right, int32_t* acc) {
  const auto* columns = reinterpret_cast<const __m256i*>(b);
  const __m256i row = broadcast(a);
  store(acc, _mm256_add_epi32(left, _mm256_add_epi32(row, columns[0])));
  store(acc + kColumns / 2, _mm256_add_epi32(right, _mm256_add_epi32(row, columns[1])));
}

template <int R>
void tile_rows(int turns, const char* a, const char* b, int32_t* acc) {
  __m256i left[R], right[R];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) left[r] = right[r] = _mm256_setzero_si256();
  for (const char* end = b + turns * kTurnBytes; b != end; b += kTurnBytes) {
    const __m256i left0 = load_half(b), right0 = load_half(b + kHalfBytes);
    const __m256i left2 = load_half(b + kStepBytes), right2 = load_half(b + kStepBytes + kHalfBytes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const __m256i a0 = broadcast(a + 4 * r), a2 = broadcast(a + 4 * (R + r));
      left[r] = add_product(left[r], _mm256_add_epi16(a0, left2), _mm256_add_epi16(a2, left0));
      right[r] = add_product(right[r], _mm256_add_epi16(a0, right2), _mm256_add_epi16(a2, right0));
    }
    a += 4 * R * kTurn;
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++) finish(a + 4 * r, b, left[r], right[r], acc + r * kColumns);
}

void tile(int rows, int steps, const void* a, const void* b, void* acc) {
  static constexpr void (*kTiles[kRows])(int, const char*, const char*, int32_t*) = {tile_rows<1>, tile_rows<2>, tile_rows<3>,
                                                                                     tile_rows<4>};
  kTiles[rows - 1]((steps - kCorrectionSteps) / kTurn, static_cast<const char*>(a), static_cast<const char*>(b),
                   static_cast<int32_t*>(acc));
}

// Writes the corrections of columns behind the last step of a packed panel.
void close_panel(void* panel, int steps) {
  const auto* b = static_cast<const char*>(panel);
  __m256i left = _mm256_setzero_si256(), right = left;
  for (int s = 0; s < steps - kCorrectionSteps; s += kTurn, b += kTurnBytes) {
    left = add_product(left, load_half(b), load_half(b + kStepBytes));
    right = add_product(right, load_half(b + kHalfBytes), load_half(b + kStepBytes + kHalfBytes));
  }
  auto* to = reinterpret_cast<int32_t*>(static_cast<char*>(panel) + (steps - kCorrectionSteps) * kStepBytes);
  store(to, _mm256_sub_epi32(_mm256_setzero_si256(), left));
  store(to + kColumns / 2, _mm256_sub_epi32(_mm256_setzero_si256(), right));
}

// Four rows of bytes that are packed side by side. Rows that a lower tile lacks are copies of its last one: what is
// written of them is written over by the next step.
struct PackedRows {
  const uint8_t* row[kRows];
  __m256i products[kRows];  // sums of a0 a2, in each second lane
  int rows;
  uint32_t* out;

  PackedRows(const void* a, ptrdiff_t lda, int count, void* packed) : rows(count), out(static_cast<uint32_t*>(packed)) {
    for (int r = 0; r < kRows; r++) {
      row[r] = static_cast<const uint8_t*>(a) + (r < count ? r : count - 1) * lda;
      products[r] = _mm256_setzero_si256();
    }
  }

  void write(__m128i step) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), step);
    out += rows;
  }

  // Packs kBlock bytes of each row, of which the first `steps` steps are written.
  void pack(const uint8_t* const* from, int steps) {
    __m256i x[kRows];
    for (int r = 0; r < kRows; r++) {
      x[r] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from[r])));
      products[r] = add_product(products[r], x[r], _mm256_shuffle_epi32(x[r], 0xb1));
    }
    const __m256i low01 = _mm256_unpacklo_epi32(x[0], x[1]), low23 = _mm256_unpacklo_epi32(x[2], x[3]);
    const __m256i high01 = _mm256_unpackhi_epi32(x[0], x[1]), high23 = _mm256_unpackhi_epi32(x[2], x[3]);
    const __m256i by_step[] = {_mm256_unpacklo_epi64(low01, low23), _mm256_unpackhi_epi64(low01, low23),
                               _mm256_unpacklo_epi64(high01, high23), _mm256_unpackhi_epi64(high01, high23)};
    for (int s = 0; s < steps && s < 4; s++) write(_mm256_castsi256_si128(by_step[s]));
    for (int s = 4; s < steps; s++) write(_mm256_extracti128_si256(by_step[s - 4], 1));
  }

  void pack_whole(int k) {
    for (int i = 0; i < k; i += kBlock) {
      pack(row, kBlock / kDepth);
      for (const uint8_t*& from : row) from += kBlock;
    }
  }

  void pack_rest(int k) {
    uint8_t rest[kRows][kBlock] = {};
    for (int r = 0; r < kRows; r++) memcpy(rest[r], row[r], static_cast<size_t>(k));
    const uint8_t* from[] = {rest[0], rest[1], rest[2], rest[3]};
    pack(from, (k + 3) / 4 * kTurn);
  }

  // Writes the corrections of rows.
  void close() {
    for (int r = 0; r < rows; r++) {
      alignas(32) uint32_t sums[8];
      _mm256_store_si256(reinterpret_cast<__m256i*>(sums), products[r]);
      out[r] = 0 - (sums[0] + sums[2] + sums[4] + sums[6]);
    }
  }
};

// Packs pairs of k as two 16-bit words; missing last ones are 0.
void pack_a(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  PackedRows to(a, lda, rows, packed);
  to.pack_whole(k / kBlock * kBlock);
  if (k % kBlock) to.pack_rest(k % kBlock);
  to.close();
}

}  // namespace

extern const qv::GemmKernel qgemm_u8s8;
const qv::GemmKernel qgemm_u8s8 = {kRows, kColumns, kDepth, 1, 4, pack_a, tile, 0, kTurn, kCorrectionSteps, close_panel};

}  // namespace qv_avx2
