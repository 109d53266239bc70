// Attention with packed keys of relative positions against its definition in double, on every tier: shapes with few and with many
// rows, keys before the first row, more positions than are used, heads that are apart.
#include <math.h>

#include "exec/positions.h"
#include "programs.h"

namespace {

using namespace qv;

long cases = 0;

struct Shape {
  int64_t heads, rows, keys, d;
  int64_t before;  // positions that no row uses, in front
  int64_t behind;
  int64_t exact;
  bool biased;

  int64_t positions() const { return before + rows - 1 + keys + behind; }
  int64_t first() const { return before + rows - 1; }
  int64_t width() const { return heads * d; }
};

struct Case {
  Shape s;
  Layout at;
  Place q, k, v, keys, add, packed, out;
  int64_t bytes;
  StepList steps;
  std::vector<float> query, key, value, table, more;
  double scale, pos_scale = 0.25;

  Case(const Shape& shape, const KernelTable& tier, Random& random) : s(shape), scale(1 / sqrt(static_cast<double>(shape.d))) {
    const auto floats = [&](int64_t n) { return random.floats(static_cast<size_t>(n), -2, 2); };
    query = floats(s.rows * s.width());
    key = floats(s.keys * s.width());
    value = floats(s.keys * s.width());
    table = floats(s.positions() * s.width());
    more = floats(s.width());
    bytes = static_cast<int64_t>(round_up(positions_bytes(tier, s.positions(), s.d, s.exact == 1), 64));
    q = at.take(s.rows * s.width() * 4);
    k = at.take(s.keys * s.width() * 4);
    v = at.take(s.keys * s.width() * 4);
    keys = at.take(s.positions() * s.width() * 4);
    add = at.take(s.width() * 4);
    packed = at.take(s.heads * bytes);
    out = at.take(s.rows * s.width() * 4);
    const int64_t w = s.width(), d = s.d;
    steps.add(OP_PACK, PackStep{s.heads, s.positions(), d, keys, d, w, 1, s.exact == 1 ? 1 : 0, packed, bytes});
    steps.add(OP_ATTENTION, AttentionStep{s.heads, s.rows, s.keys, d, q, k, v, w, w, w, d, d, d, scale, NONE, out, w, d, s.exact, 0, 0,
                                          0, 0, 0, 0, 0, packed, bytes, s.positions(), s.first(), q, w, d,
                                          s.biased ? add : NONE, s.biased ? d : 0, pos_scale});
  }

  Memory run(const KernelTable& tier, int threads) const {
    Memory memory(at.used);
    memory.put(q, query);
    memory.put(k, key);
    memory.put(v, value);
    memory.put(keys, table);
    memory.put(add, more);
    CHECK(run_steps(tier, threads, steps, 0, memory) == QV_OK, "%s", qv_last_error());
    return memory;
  }

  double score(int64_t head, int64_t row, int64_t j) const {
    const auto at_of = [&](int64_t r) { return static_cast<size_t>(r * s.width() + head * s.d); };
    const size_t a = at_of(row), b = at_of(j), p = at_of(s.first() - row + j), m = static_cast<size_t>(head * s.d);
    double content = 0, position = 0;
    for (size_t c = 0; c < static_cast<size_t>(s.d); c++) {
      const double x = query[a + c];
      content += x * static_cast<double>(key[b + c]);
      position += (x + (s.biased ? static_cast<double>(more[m + c]) : 0)) * static_cast<double>(table[p + c]);
    }
    return content * scale + position * pos_scale;
  }

  // The largest difference from the definition.
  double distance(Memory& memory) const {
    double worst = 0;
    const auto keys_of = static_cast<size_t>(s.keys);
    std::vector<double> p(keys_of);
    for (int64_t head = 0; head < s.heads; head++) {
      for (int64_t row = 0; row < s.rows; row++) {
        double top = -1e300, total = 0;
        for (size_t j = 0; j < keys_of; j++) top = fmax(top, p[j] = score(head, row, static_cast<int64_t>(j)));
        for (double& x : p) total += x = exp(x - top);
        for (int64_t c = 0; c < s.d; c++) {
          double sum = 0;
          for (size_t j = 0; j < keys_of; j++) {
            sum += p[j] * static_cast<double>(value[j * static_cast<size_t>(s.width()) + static_cast<size_t>(head * s.d + c)]);
          }
          const double got = static_cast<double>(memory.at<float>(out)[row * s.width() + head * s.d + c]);
          worst = fmax(worst, got == got ? fabs(got - sum / total) : INFINITY);
        }
      }
    }
    return worst;
  }
};

void run_case(const Shape& s, const KernelTable& tier, Random& random) {
  SUBJECT("%s, %d heads of %d, %d rows, %d keys, %d positions, exact %d", tier.name, static_cast<int>(s.heads), static_cast<int>(s.d),
          static_cast<int>(s.rows), static_cast<int>(s.keys), static_cast<int>(s.positions()), static_cast<int>(s.exact));
  const Case one(s, tier, random);
  Memory memory = one.run(tier, 1), twice = one.run(tier, 2);
  const double most = s.exact == 1 ? 2e-5 : s.exact == 2 ? 6e-2 : 9e-2, worst = one.distance(memory);
  CHECK(worst <= most, "differs by %g", worst);
  const size_t bytes = static_cast<size_t>(s.rows * s.width() * 4);
  CHECK(memcmp(memory.at<char>(one.out), twice.at<char>(one.out), bytes) == 0, "two threads give other bits than one");
  cases++;
}

void refuse(const char* what, const AttentionStep& a, const PackStep& p, const KernelTable& tier) {
  SUBJECT("%s", what);
  StepList steps;
  steps.add(OP_PACK, p);
  steps.add(OP_ATTENTION, a);
  Memory memory(1 << 15);
  CHECK(run_steps(tier, 1, steps, 0, memory) == QV_INVALID_ARGUMENT, "was taken");
  cases++;
}

// Positions beyond the packed ones, places that the kernels cannot load from, matrices that overlap.
void refusals(const KernelTable& tier) {
  const auto bytes = static_cast<int64_t>(round_up(positions_bytes(tier, 23, 8, false), 64));
  const PackStep p = {2, 23, 8, 0, 8, 16, 1, 0, 4096, bytes};
  const AttentionStep a = {2, 12, 12, 8, 0, 0, 0, 16, 16, 16, 8, 8, 8, 0.3, NONE, 2048, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0,
                           4096, bytes, 23, 11, 0, 16, 8, NONE, 0, 1};
  const auto changed = [&](const char* what, auto change) {
    AttentionStep b = a;
    PackStep q = p;
    change(b, q);
    refuse(what, b, q, tier);
  };
  changed("a first position too low", [](AttentionStep& b, PackStep&) { b.pos_first = 10; });
  changed("a first position too high", [](AttentionStep& b, PackStep&) { b.pos_first = 12; });
  changed("positions beside a mask", [](AttentionStep& b, PackStep&) { b.mask = 0; });
  changed("an odd place", [](AttentionStep& b, PackStep&) { b.pos += 4; });
  changed("odd heads", [](AttentionStep& b, PackStep&) { b.pos_head += 4; });
  changed("positions behind the arena", [](AttentionStep& b, PackStep&) { b.pos = 1 << 15; });
  changed("queries behind the arena", [](AttentionStep& b, PackStep&) { b.pos_q = (1 << 15) - 64; });
  changed("added numbers behind the arena", [](AttentionStep& b, PackStep&) { b.pos_add = (1 << 15) - 16; });
  changed("a factor that is no number", [](AttentionStep& b, PackStep&) { b.pos_scale = NAN; });
  changed("an odd place to pack to", [](AttentionStep&, PackStep& q) { q.out += 4; });
  changed("matrices that overlap", [](AttentionStep&, PackStep& q) { q.out_head = 64; });
  changed("packing beyond the arena", [](AttentionStep&, PackStep& q) { q.out = (1 << 15) - 64; });
  changed("packing in scratch", [](AttentionStep&, PackStep& q) { q.out = ~INT64_C(0); });
  changed("no columns", [](AttentionStep&, PackStep& q) { q.n = 0; });
  changed("sizes beyond all memory", [](AttentionStep&, PackStep& q) { q.n = INT64_C(1) << 40; });
}

}  // namespace

int main() {
  REPRODUCE("exec_positions_test");
  Random random{17};
  const TierList& tiers = supported_tiers();
  for (int t = 0; t < tiers.count; t++) {
    for (int64_t exact = 0; exact <= 2; exact++) {
      for (const auto& s : {Shape{1, 1, 1, 1, 0, 0, exact, false}, Shape{2, 1, 9, 8, 3, 0, exact, true}, Shape{3, 12, 12, 8, 0, 0, exact, true},
                            Shape{2, 63, 63, 64, 0, 0, exact, true}, Shape{1, 125, 125, 64, 0, 0, exact, false},
                            Shape{2, 33, 70, 36, 5, 2, exact, true}, Shape{1, 150, 131, 20, 1, 40, exact, true},
                            Shape{1, 9, 8, 300, 0, 0, exact, true}}) {
        run_case(s, tiers.tables[t], random);
      }
    }
    refusals(tiers.tables[t]);
  }
  return check::report("exec_positions", cases);
}
