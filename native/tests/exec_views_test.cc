// Strided operators of the executor against index arithmetic in plain loops: random shapes, strides, broadcasts.
#include <math.h>

#include "programs.h"

namespace {

using namespace qv;

long cases = 0;

void expect_equal(const float* got, const std::vector<float>& want, const char* what) {
  cases++;
  for (size_t i = 0; i < want.size(); i++) {
    const bool same = got[i] == want[i] || (got[i] != got[i] && want[i] != want[i]);
    const bool near = fabs(static_cast<double>(got[i]) - want[i]) <= 1e-4 + 1e-5 * fabs(static_cast<double>(want[i]));
    if (!same && !near) {
      CHECK(false, "%s[%zu] is %.9g, not %.9g", what, i, got[i], want[i]);
      return;
    }
  }
}

// A dense output of random dimensions and inputs that permute, repeat or skip within `floats` of the arena.
struct Shape {
  int64_t dim[MAX_RANK];
  int64_t count = 1;

  explicit Shape(Random& random) {
    for (auto& d : dim) count *= d = random.below(3) == 0 ? 1 : 1 + random.below(5);
  }
  View dense(Place at) const {
    View view = {at, {}};
    int64_t stride = 1;
    for (int i = MAX_RANK - 1; i >= 0; i--) {
      view.stride[i] = stride;
      stride *= dim[i];
    }
    return view;
  }
  // Strides -2 to 2 per dimension; starts where the lowest one stays inside.
  View loose(Place at, Random& random, int64_t* floats) const {
    View view = {at, {}};
    int64_t low = 0, high = 0;
    for (int i = 0; i < MAX_RANK; i++) {
      view.stride[i] = random.below(5) - 2;
      (view.stride[i] < 0 ? low : high) += view.stride[i] * (dim[i] - 1);
    }
    view.at = at - low * 4;
    *floats = high - low + 1;
    return view;
  }
};

template <class F>
std::vector<float> over(const Shape& shape, F f) {
  std::vector<float> out;
  for (int64_t index = 0; index < shape.count; index++) {
    int64_t at[MAX_RANK], rest = index;
    for (int i = MAX_RANK - 1; i >= 0; i--) {
      at[i] = rest % shape.dim[i];
      rest /= shape.dim[i];
    }
    out.push_back(f(at));
  }
  return out;
}

float read(::Memory& memory, const View& view, const int64_t* at) {
  int64_t offset = 0;
  for (int i = 0; i < MAX_RANK; i++) offset += at[i] * view.stride[i];
  return memory.at<float>(view.at)[offset];
}

double twin(int64_t op, double a, double b) {
  switch (op) {
    case ADD: return a + b;
    case SUB: return a - b;
    case MUL: return a * b;
    case DIV: return a / b;
    case MAX: return fmax(a, b);
    case MIN: return fmin(a, b);
    case POW: return pow(a, b);
    case LESS: return a < b;
    case LESS_EQUAL: return a <= b;
    case EQUAL: return a == b;
    case NOT_EQUAL: return a != b;
    case GREATER: return a > b;
    case GREATER_EQUAL: return a >= b;
    case AND: return a != 0 && b != 0;
    case OR: return a != 0 || b != 0;
    case FLOOR_DIV: return floor(a / b);
    default: return a - b * floor(a / b);
  }
}

constexpr int64_t kInputs = 64 * 4;  // no view above reaches further

void run(const KernelTable& table, int threads, const StepList& steps, ::Memory& memory) {
  const qv_status status = run_steps(table, threads, steps, 0, memory);
  CHECK(status == QV_OK, "status %d: %s", status, qv_last_error());
}

void test_copy(const KernelTable& table, int threads, int round, const Shape& shape, const View& a, const View& out, ::Memory& memory) {
  SUBJECT("copy on %s, %d threads, round %d", table.name, threads, round);
  CopyStep s = {};
  memcpy(s.dim, shape.dim, sizeof s.dim);
  s.in = a;
  s.out = out;
  s.fill = round % 4 == 0;
  if (s.fill) s.in = {NONE, {INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN}};  // not looked at
  s.value = 2.5;
  StepList steps;
  steps.add(OP_COPY, s);
  const auto want = over(shape, [&](const int64_t* i) { return s.fill ? 2.5f : read(memory, a, i); });
  run(table, threads, steps, memory);
  expect_equal(memory.at<float>(out.at), want, "copy");
}

void test_views(const KernelTable& table, int threads, Random& random, int round) {
  const Shape shape(random);
  Layout at;
  int64_t floats = 0;
  const View a = shape.loose(at.take(kInputs * 4), random, &floats), b = shape.loose(at.take(kInputs * 4), random, &floats);
  const View cond = shape.loose(at.take(kInputs * 4), random, &floats), out = shape.dense(at.take(shape.count * 4));
  ::Memory memory(at.used);
  for (int64_t i = 0; i < at.used / 4; i++) memory.at<float>(0)[i] = static_cast<float>(random.below(9) - 4) * 0.5f;
  test_copy(table, threads, round, shape, a, out, memory);
  for (int64_t op = ADD; op <= REMAINDER; op++) {
    SUBJECT("binary %d on %s, %d threads, round %d", static_cast<int>(op), table.name, threads, round);
    BinaryStep s = {};
    memcpy(s.dim, shape.dim, sizeof s.dim);
    s.op = op;
    s.alpha = 0.5;
    s.a = a;
    s.b = b;
    s.out = out;
    StepList steps;
    steps.add(OP_BINARY, s);
    const auto want = over(shape, [&](const int64_t* i) {
      return static_cast<float>(twin(op, read(memory, a, i), 0.5 * read(memory, b, i)));
    });
    run(table, threads, steps, memory);
    expect_equal(memory.at<float>(out.at), want, "binary");
  }
  SUBJECT("select on %s, %d threads, round %d", table.name, threads, round);
  SelectStep s = {};
  memcpy(s.dim, shape.dim, sizeof s.dim);
  s.cond = cond;
  s.a = a;
  s.b = b;
  s.out = out;
  StepList steps;
  steps.add(OP_SELECT, s);
  const auto want = over(shape, [&](const int64_t* i) { return read(memory, cond, i) != 0 ? read(memory, a, i) : read(memory, b, i); });
  run(table, threads, steps, memory);
  expect_equal(memory.at<float>(out.at), want, "select");
}

void test_matmul(const KernelTable& table, int threads, Random& random, int round) {
  SUBJECT("matmul on %s, %d threads, round %d", table.name, threads, round);
  const int64_t b0 = 1 + random.below(3), b1 = 1 + random.below(3), m = 1 + random.below(20), n = 1 + random.below(40);
  const int64_t k = random.below(40);
  const bool a_turned = random.below(2), b_turned = random.below(2);
  Layout at;
  MatmulStep s = {b0, b1, m, n, k, at.take(b0 * b1 * m * k * 4), b1 * m * k, m * k, a_turned ? 1 : k, a_turned ? m : 1,
                  at.take(b0 * b1 * n * k * 4), b1 * n * k, n * k, b_turned ? 1 : n, b_turned ? k : 1,
                  at.take(b0 * b1 * m * n * 4), b1 * m * n, m * n, n};
  if (k == 0) s.a_batch0 = s.a_batch1 = s.a_row = s.b_batch0 = s.b_batch1 = s.b_col = int64_t{1} << 40;  // nothing is read
  ::Memory memory(at.used);
  memory.put(0, random.floats(static_cast<size_t>(at.used / 4), -1, 1));
  const Memory before = memory;
  StepList steps;
  steps.add(OP_MATMUL, s);
  run(table, threads, steps, memory);
  std::vector<float> want;
  const auto* a = reinterpret_cast<const float*>(before.bytes.data() + s.a);
  const auto* b = reinterpret_cast<const float*>(before.bytes.data() + s.b);
  for (int64_t batch = 0; batch < b0 * b1; batch++) {
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        double sum = 0;
        for (int64_t x = 0; x < k; x++) {
          sum += static_cast<double>(a[batch * m * k + i * s.a_row + x * s.a_col]) * b[batch * n * k + x * s.b_row + j * s.b_col];
        }
        want.push_back(static_cast<float>(sum));
      }
    }
  }
  expect_equal(memory.at<float>(s.out), want, "matmul");
}

void test_im2col(const KernelTable& table, int threads, Random& random, int round) {
  SUBJECT("im2col on %s, %d threads, round %d", table.name, threads, round);
  Im2colStep s = {};
  int64_t* shape[] = {&s.out_h, &s.out_w, &s.kernel_h, &s.kernel_w, &s.channels, &s.stride_h, &s.stride_w, &s.dilation_h, &s.dilation_w};
  for (int64_t* field : shape) *field = 1 + random.below(4);
  const int64_t height = (s.out_h - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1;
  const int64_t width = (s.out_w - 1) * s.stride_w + (s.kernel_w - 1) * s.dilation_w + 1;
  const int64_t window = s.kernel_h * s.kernel_w * s.channels;
  Layout at;
  s.in = at.take(height * width * s.channels * 4);
  s.in_col = s.channels;
  s.in_row = width * s.channels;
  s.out = at.take(s.out_h * s.out_w * window * 4);
  s.out_ld = window;
  ::Memory memory(at.used);
  const auto x = random.floats(static_cast<size_t>(height * width * s.channels), -1, 1);
  memory.put(s.in, x);
  StepList steps;
  steps.add(OP_IM2COL, s);
  run(table, threads, steps, memory);
  std::vector<float> want;
  for (int64_t i = 0; i < s.out_h * s.out_w * window; i++) {
    const int64_t ch = i % s.channels, kw = i / s.channels % s.kernel_w, kh = i / s.channels / s.kernel_w % s.kernel_h;
    const int64_t ox = i / window % s.out_w, oy = i / window / s.out_w;
    const int64_t y = oy * s.stride_h + kh * s.dilation_h, xx = ox * s.stride_w + kw * s.dilation_w;
    want.push_back(x[static_cast<size_t>((y * width + xx) * s.channels + ch)]);
  }
  expect_equal(memory.at<float>(s.out), want, "im2col");
}

}  // namespace

int main() {
  REPRODUCE("exec_views_test");
  for (int t = 0; t < supported_tiers().count; t++) {
    for (int threads = 1; threads <= 3; threads++) {
      Random random(static_cast<uint64_t>(threads));
      for (int round = 0; round < 100; round++) {
        test_views(supported_tiers().tables[t], threads, random, round);
        test_matmul(supported_tiers().tables[t], threads, random, round);
        test_im2col(supported_tiers().tables[t], threads, random, round);
      }
    }
  }
  return check::report("exec_views_test", cases);
}
