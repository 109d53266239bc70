// Packs rows in the layout that all GEMM tiles broadcast from: words of 4 bytes (4 uint8, 2 bfloat16 or 1 float), side
// by side.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace qv_avx512 {

// Transposes 16 x 16 words of 32 bits in place.
static inline void transpose(__m512i v[16]) {
  __m512i t[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i += 4) {
    const __m512i a = _mm512_unpacklo_epi32(v[i], v[i + 1]), b = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    const __m512i c = _mm512_unpacklo_epi32(v[i + 2], v[i + 3]), d = _mm512_unpackhi_epi32(v[i + 2], v[i + 3]);
    t[i] = _mm512_unpacklo_epi64(a, c);
    t[i + 1] = _mm512_unpackhi_epi64(a, c);
    t[i + 2] = _mm512_unpacklo_epi64(b, d);
    t[i + 3] = _mm512_unpackhi_epi64(b, d);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const __m512i a = _mm512_shuffle_i32x4(t[i], t[i + 4], 0x88), b = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0x88);
    const __m512i c = _mm512_shuffle_i32x4(t[i], t[i + 4], 0xdd), d = _mm512_shuffle_i32x4(t[i + 8], t[i + 12], 0xdd);
    v[i] = _mm512_shuffle_i32x4(a, b, 0x88);
    v[i + 8] = _mm512_shuffle_i32x4(a, b, 0xdd);
    v[i + 4] = _mm512_shuffle_i32x4(c, d, 0x88);
    v[i + 12] = _mm512_shuffle_i32x4(c, d, 0xdd);
  }
}

static inline __mmask64 first_bytes(int count) { return count >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1; }

// Packs words of all rows side by side, 16 words of each row at a time. load(from, left) returns 16 words of a row from
// a byte on, of which `left` bytes remain; Bytes is the number of bytes that 16 words are made of. Whole vectors are
// stored at a stride of rows * 4 bytes, and the next one overwrites what spills over.
template <int Bytes, class Load>
static inline void pack_by(const void* rows_of_a, ptrdiff_t lda, int rows, int k, void* packed, Load load) {
  const auto* a = static_cast<const uint8_t*>(rows_of_a);
  auto* out = static_cast<uint8_t*>(packed);
  for (int at = 0; at < k; at += Bytes) {
    const int left = k - at, words = left < Bytes ? (left * 16 + Bytes - 1) / Bytes : 16;
    __m512i v[16];
    for (int r = 0; r < 16; r++) v[r] = r < rows ? load(a + r * lda + at, left) : _mm512_setzero_si512();
    transpose(v);
    for (int i = 0; i < words; i++, out += rows * 4) _mm512_storeu_si512(out, v[i]);
  }
}

// Packs rows of k bytes as [k / 4][rows] words; a last incomplete word is filled up with 0.
static inline void pack_words(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  pack_by<64>(a, lda, rows, k, packed, [](const uint8_t* row, int left) {
    return _mm512_maskz_loadu_epi8(first_bytes(left), row);
  });
}

// Packs rows of k bytes as [k / 2][rows] pairs of 16 bits; a missing last one is 0.
static inline void pack_pairs(const void* a, ptrdiff_t lda, int rows, int k, void* packed) {
  pack_by<32>(a, lda, rows, k, packed, [](const uint8_t* row, int left) {
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(static_cast<__mmask32>(first_bytes(left)), row));
  });
}

}  // namespace qv_avx512
