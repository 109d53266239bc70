// Weights of 2 to 7 bits, linear and by levels: codes against arithmetic on every tier, and products against those of the
// same values in 8 bits.
//
//   unpack_test                          all widths at many sizes
//   unpack_test TIER BITS M N K SEED     one product, linear and by levels
#include <string.h>

#include <vector>

#include "check.h"
#include "dispatch/tier.h"
#include "guarded.h"
#include "memory/memory.h"
#include "products.h"
#include "random.h"
#include "tables.h"

namespace {

long cases = 0;

// Signed powers of 2 and of its roots: 0 in the middle, the rest to both sides.
std::vector<int8_t> levels_of(int bits) {
  const int half = 1 << (bits - 1);
  std::vector<int8_t> levels(static_cast<size_t>(2 * half), 0);
  for (int i = 1; i < half; i++) {
    const int value = bits <= 4 ? 64 >> (half - 1 - i) : 2 * i - 1;
    levels[static_cast<size_t>(half + i)] = static_cast<int8_t>(value);
    levels[static_cast<size_t>(half - i)] = static_cast<int8_t>(-value);
  }
  return levels;
}

// The number of bits of each plane, and where weight i of a chunk lies in it, told apart from the kernels' code.
int plane_bit(const uint8_t* plane, int width, int i, int bit) {
  const int per_byte = 8 / width;
  if (width == 1) return plane[i / 8] >> i % 8 & 1;
  const int group = 64 * per_byte, byte = i / group * 64 + i % 64, field = i % group / 64;
  return plane[byte] >> (field * width + bit) & 1;
}

int code_of(const uint8_t* chunk, int bits, int i) {
  int code = 0, done = 0;
  for (int width : {4, 2, 1}) {
    if (!(bits & width)) continue;
    for (int bit = 0; bit < width; bit++) code |= plane_bit(chunk, width, i, bit) << (done + bit);
    chunk += 32 * width;
    done += width;
  }
  return code;
}

void run_codes(const qv::KernelTable& table, int bits, size_t chunks, uint64_t seed) {
  SUBJECT("%s unpacks %zu chunks of %d bits, seed=%llu", table.name, chunks, bits, static_cast<unsigned long long>(seed));
  REPRODUCE("unpack_test");
  Random random(seed);
  Guarded<uint8_t> packed(chunks * static_cast<size_t>(32 * bits));
  for (size_t i = 0; i < packed.size(); i++) packed[i] = static_cast<uint8_t>(random.below(256));
  Guarded<int8_t> levels(size_t{1} << (bits < 4 ? 4 : bits));
  for (size_t i = 0; i < levels.size(); i++) levels[i] = static_cast<int8_t>(random.below(255) - 127);
  for (const int8_t* given : {static_cast<const int8_t*>(nullptr), static_cast<const int8_t*>(levels.data())}) {
    Guarded<int8_t> out(chunks * qv::kChunk);
    table.unpack(packed.data(), chunks, bits, given, out.data());
    int wrong = 0;
    for (size_t i = 0; i < out.size(); i++) {
      const int code = code_of(packed.data() + i / qv::kChunk * static_cast<size_t>(32 * bits), bits,
                               static_cast<int>(i % qv::kChunk));
      wrong += out[i] != (given ? given[code] : code - (1 << (bits - 1)));
    }
    CHECK(wrong == 0, "%d of %zu weights are wrong, %s", wrong, out.size(), given ? "levels" : "linear");
    cases++;
  }
}

struct Product {
  int m, n, k;
  Guarded<uint8_t> a;
  Guarded<int8_t> w;
  std::vector<float> scale, bias;

  Product(int rows, int columns, int depth, int bits, const int8_t* levels, uint64_t seed)
      : m(rows), n(columns), k(depth), a(static_cast<size_t>(rows) * depth), w(static_cast<size_t>(columns) * depth) {
    Random random(seed);
    for (size_t i = 0; i < a.size(); i++) a[i] = static_cast<uint8_t>(random.below(256));
    const int half = 1 << (bits - 1);
    for (size_t i = 0; i < w.size(); i++) {
      w[i] = levels ? levels[random.below(2 * half)] : static_cast<int8_t>(random.below(2 * half - 1) - half + 1);
    }
    scale = random.floats(static_cast<size_t>(n), 1e-4f, 2e-2f);
    bias = random.floats(static_cast<size_t>(n), -3, 3);
  }

  std::vector<float> times(const qv::PackedMatrix& matrix, int parts) {
    const float row_scale = 0.03f;
    const int32_t zero = 77;
    std::vector<float> out(static_cast<size_t>(m) * n);
    qv::GemmCall call = {};
    call.a = a.data();
    call.a_stride = k;
    call.scale = &row_scale;
    call.zero = &zero;
    call.out = out.data();
    call.ldc = n;
    run_product(call, matrix, m, parts);
    return out;
  }
};

void compare(const qv::KernelTable& table, int bits, int m, int n, int k, uint64_t seed, bool by_levels) {
  SUBJECT("%s %d bits %s m=%d n=%d k=%d seed=%llu", table.name, bits, by_levels ? "by levels" : "linear", m, n, k,
          static_cast<unsigned long long>(seed));
  REPRODUCE("unpack_test %s %d %d %d %d %llu", table.name, bits, m, n, k, static_cast<unsigned long long>(seed));
  const std::vector<int8_t> levels = levels_of(bits);
  const int8_t* given = by_levels ? levels.data() : nullptr;
  Product p(m, n, k, bits, given, seed);
  qv::PackedMatrix *bytes = nullptr, *codes = nullptr;
  qv::S8Weights weights = {p.w.data(), n, k, k, 1, p.scale.data(), p.bias.data()};
  CHECK(qv::create_s8_matrix(table, weights, &bytes) == QV_OK, "8 bits");
  weights.bits = bits;
  weights.levels = given;
  CHECK(qv::create_s8_matrix(table, weights, &codes) == QV_OK, "codes");
  if (!bytes || !codes) return;
  CHECK(memcmp(bytes->column_sum, codes->column_sum, static_cast<size_t>(n) * 4) == 0, "column sums differ");
  for (int parts = 1; parts <= 2; parts++) CHECK(p.times(*bytes, parts) == p.times(*codes, parts), "products differ");
  const int64_t panels = (n + table.qgemm->nr - 1) / table.qgemm->nr;
  const int64_t most = panels * (table.qgemm->steps(k) * table.qgemm->ku * table.qgemm->nr + qv::kChunk) * bits / 8 + panels * table.qgemm->nr * 12 + 512;
  CHECK(codes->bytes <= most, "%lld bytes, expected at most %lld", static_cast<long long>(codes->bytes),
        static_cast<long long>(most));
  qv::release(bytes);
  qv::release(codes);
  cases++;
}

void run_tier(const qv::KernelTable& table) {
  const int sizes[][3] = {{1, 1, 1}, {1, 17, 3}, {5, 33, 30}, {3, 64, 128}, {16, 15, 257}, {100, 65, 64}, {30, 192, 192}, {2, 31, 4097},
                         {4, 17, 65535}};
  for (int bits = 2; bits <= 7; bits++) {
    for (size_t chunks : {1u, 2u, 7u}) run_codes(table, bits, chunks, static_cast<uint64_t>(bits) * 100 + chunks);
    for (const auto& s : sizes) {
      compare(table, bits, s[0], s[1], s[2], static_cast<uint64_t>(bits + s[2]), false);
      compare(table, bits, s[0], s[1], s[2], static_cast<uint64_t>(bits + s[2]), true);
    }
  }
}

qv_status create(int bits, const int8_t* values, const int8_t* levels) {
  const float scale[4] = {1, 1, 1, 1};
  qv::PackedMatrix* matrix = nullptr;
  qv::S8Weights weights = {values, 4, 4, 4, 1, scale, nullptr};
  weights.bits = bits;
  weights.levels = levels;
  const qv_status status = qv::create_s8_matrix(qv::supported_tiers().tables[0], weights, &matrix);
  if (matrix) qv::release(matrix);
  return status;
}

void run_bad() {
  SUBJECT("bad weights");
  REPRODUCE("unpack_test");
  const int8_t zeros[16] = {};
  const int8_t large[16] = {0, 8};  // not of 4 bits, whose largest is 7
  const int8_t least[16] = {0, -8};
  int8_t levels[16];
  memset(levels, 1, sizeof levels);
  const long before = qv::live_allocations();
  for (int bits : {-1, 0, 1, 9, 33}) CHECK(create(bits, zeros, nullptr) == QV_INVALID_ARGUMENT, "%d bits", bits);
  CHECK(create(4, large, nullptr) == QV_INVALID_ARGUMENT, "8 in 4 bits");
  CHECK(create(4, least, nullptr) == QV_INVALID_ARGUMENT, "-8 in 4 bits");
  CHECK(create(4, zeros, levels) == QV_INVALID_ARGUMENT, "levels without 0");
  levels[0] = 0;
  CHECK(create(4, zeros, levels) == QV_OK, "levels with 0");
  CHECK(create(4, large, levels) == QV_INVALID_ARGUMENT, "8 is no level");
  levels[5] = -128;
  CHECK(create(4, zeros, levels) == QV_INVALID_ARGUMENT, "level -128");
  for (long k = 1; k <= 2; k++) {
    qv::fail_allocation(k);
    CHECK(create(4, zeros, nullptr) == QV_OUT_OF_MEMORY, "allocation %ld", k);
    qv::fail_allocation(0);
  }
  CHECK(qv::live_allocations() == before, "memory leaks");
  cases++;
}

}  // namespace

int main(int argc, char** argv) {
  for (const qv::KernelTable& table : product_tables()) {
    if (argc == 7 && strcmp(argv[1], table.name) == 0) {
      for (bool by_levels : {false, true}) {
        compare(table, atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), strtoull(argv[6], nullptr, 10), by_levels);
      }
    } else if (argc == 1) {
      run_tier(table);
    }
  }
  if (argc == 1) run_bad();
  return check::report("unpack", cases);
}
