// One layer of the large wav2vec2 encoder (d 1024, 16 heads, 4096 inside) as a program: time of each step and, where it
// is a product, percent of the VNNI peak.
//
//   exec_bench [--threads N] [--rows M] [--block-qkv R] [--block-out R] [--block-up R] [--static 0|1] [--repeats R]
//              [--cpu 1]  one thread, timed by its own clock on programs that end after each step: for busy machines
#include <math.h>
#include <stdlib.h>

#include "../tests/step_list.h"
#include "bench.h"
#include "dispatch/tier.h"
#include "quantvoice.h"

namespace {

constexpr int64_t kModel = 1024, kInner = 4096, kHeads = 16;

struct Options {
  int threads = 2, repeats = 20;
  int64_t rows = 499, qkv = 84, out = 84, up = 84;
  bool cpu = false;
  bool fixed = true;  // GELU's output quantized by the epilogue, with a static scale
};

struct Named {
  const char* name;
  double operations;
};

int64_t random_weights(int64_t n, int64_t k) {
  std::vector<int8_t> w(static_cast<size_t>(n * k));
  uint32_t state = 1;
  for (auto& x : w) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<int8_t>(static_cast<int>(state >> 24) % 127 - 63);
  }
  const std::vector<float> scale(static_cast<size_t>(n), 0.001f), bias(static_cast<size_t>(n), 0.01f);
  qv_s8_matrix* matrix = nullptr;
  if (qv_s8_matrix_create(w.data(), n, k, k, 8, nullptr, scale.data(), bias.data(), &matrix)) exit(1);
  return reinterpret_cast<int64_t>(matrix);
}

struct Layer {
  StepList steps;
  std::vector<Named> names;
  Layout arena, local;
  const Options& o;

  explicit Layer(const Options& options) : o(options) {}

  template <class S>
  void add(const char* name, qv::Op op, const S& s, int64_t group, int64_t block, double operations) {
    steps.add(op, s, group, block);
    names.push_back({name, operations});
  }

  qv::GemmStep gemm(int64_t k, int64_t n) {
    qv::GemmStep s = {};
    s.rows = o.rows;
    s.k = k;
    s.n = n;
    s.a_ld = k;
    s.a_type = qv::U8_ROWS;
    s.a_scales = s.a_zeros = s.residual = qv::NONE;
    s.mul = 1;
    s.weights = random_weights(n, k);
    s.out_ld = n;
    return s;
  }

  void norm(int64_t group, int64_t block, qv::Place in, qv::GemmStep* to) {
    qv::NormRowsStep s = {};
    s.rows = o.rows;
    s.n = s.in_ld = s.out_ld = kModel;
    s.in = in;
    s.eps = 1e-5;
    s.out_type = qv::U8_ROWS;
    s.out = to->a = local.take_local(block * kModel);
    s.out_scales = to->a_scales = local.take_local(block * 4);
    s.out_zeros = to->a_zeros = local.take_local(block * 4);
    add("norm+quantize", qv::OP_NORM_ROWS, s, group, block, 0);
  }

  void quantize(int64_t group, int64_t block, qv::Place in, int64_t n, qv::GemmStep* to) {
    qv::QuantizeRowsStep s = {};
    s.rows = o.rows;
    s.n = s.in_ld = s.out_ld = n;
    s.in = in;
    s.out_type = qv::U8_ROWS;
    s.out = to->a = local.take_local(block * n);
    s.out_scales = to->a_scales = local.take_local(block * 4);
    s.out_zeros = to->a_zeros = local.take_local(block * 4);
    add("quantize", qv::OP_QUANTIZE_ROWS, s, group, block, 0);
  }

  void product(const char* name, const qv::GemmStep& s, int64_t group, int64_t block) {
    add(name, qv::OP_GEMM, s, group, block, 2.0 * static_cast<double>(s.rows * s.k * s.n));
  }

  qv::Place build() {
    const int64_t m = o.rows;
    const qv::Place x = arena.take(m * kModel * 4), qkv = arena.take(m * 3 * kModel * 4);
    const qv::Place context = arena.take(m * kModel * 4);
    qv::GemmStep in = gemm(kModel, 3 * kModel);
    norm(0, o.qkv, x, &in);
    in.out = qkv;
    product("qkv", in, 0, o.qkv);
    attention(qkv, context);
    qv::GemmStep out = gemm(kModel, kModel);
    quantize(1, o.out, context, kModel, &out);
    out.residual = out.out = x;
    out.residual_ld = kModel;
    product("out+residual", out, 1, o.out);
    feed_forward(x);
    return x;
  }

  void attention(qv::Place qkv, qv::Place out) {
    qv::AttentionStep s = {};
    s.pos = qv::NONE;
    s.heads = kHeads;
    s.rows = s.keys = o.rows;
    s.d = s.q_head = s.k_head = s.v_head = s.out_head = kModel / kHeads;
    s.q = qkv;
    s.k = qkv + kModel * 4;
    s.v = qkv + 2 * kModel * 4;
    s.q_ld = s.k_ld = s.v_ld = 3 * kModel;
    s.scale = 0.125;
    s.mask = qv::NONE;
    s.out = out;
    s.out_ld = kModel;
    add("attention", qv::OP_ATTENTION, s, -1, 0, 4.0 * static_cast<double>(o.rows * o.rows * kModel));
  }

  void feed_forward(qv::Place x) {
    qv::GemmStep up = gemm(kModel, kInner), down = gemm(kInner, kModel);
    norm(2, o.up, x, &up);
    up.act = qv::ACT_GELU;
    if (o.fixed) {
      up.out_type = qv::U8;
      up.out = down.a = local.take_local(o.up * kInner);
      up.out_scale = down.a_scale = 0.02;
      up.out_zero = down.a_zero = 10;
      down.a_type = qv::U8;
      product("up+gelu+quantize", up, 2, o.up);
    } else {
      up.out = local.take_local(o.up * kInner * 4);
      product("up+gelu", up, 2, o.up);
      quantize(2, o.up, up.out, kInner, &down);
    }
    down.residual = down.out = x;
    down.residual_ld = kModel;
    product("down+residual", down, 2, o.up);
  }
};

struct Running {
  qv_pool* pool = nullptr;
  qv_program* program = nullptr;
  qv_arena* arena = nullptr;
  std::vector<float> input;
  qv::Place x;

  Running(const Layer& layer, qv::Place in, int threads, size_t words) : x(in) {
    if (qv_pool_create(threads, &pool) || qv_arena_create(layer.arena.used, &arena) ||
        qv_program_create(layer.steps.words.data(), static_cast<int64_t>(words), layer.arena.used, layer.local.used, &program)) {
      fprintf(stderr, "%s\n", qv_last_error());
      exit(1);
    }
    input.resize(static_cast<size_t>(layer.o.rows * kModel));
    for (size_t i = 0; i < input.size(); i++) input[i] = sinf(static_cast<float>(i * 7919 % 65537));
  }
  ~Running() {
    qv_program_free(program);
    qv_arena_free(arena);
    qv_pool_free(pool);
  }

  double once(clockid_t clock, int64_t* nanos) {
    qv_arena_write(arena, x, input.data(), static_cast<int64_t>(input.size()));
    timespec from, to;
    clock_gettime(clock, &from);
    if (qv_program_run(pool, program, arena, nanos)) exit(1);
    clock_gettime(clock, &to);
    return static_cast<double>(to.tv_sec - from.tv_sec) + 1e-9 * static_cast<double>(to.tv_nsec - from.tv_nsec);
  }
};

// Seconds of each step, and of the layer at the end.
std::vector<double> measure(const Layer& layer, qv::Place x) {
  const Options& o = layer.o;
  const size_t count = layer.names.size();
  std::vector<double> best(count + 1, 1e9);
  Running whole(layer, x, o.threads, layer.steps.words.size());
  std::vector<int64_t> nanos(count);
  for (int i = 0; !o.cpu && i < o.repeats; i++) {
    best[count] = fmin(best[count], whole.once(CLOCK_MONOTONIC, nullptr));
    whole.once(CLOCK_MONOTONIC, nanos.data());
    for (size_t s = 0; s < count; s++) best[s] = fmin(best[s], static_cast<double>(nanos[s]) * 1e-9);
  }
  double before = 0;
  for (size_t s = 0; o.cpu && s < count; s++) {
    const size_t words = s + 1 < count ? layer.steps.starts[s + 1] : layer.steps.words.size();
    Running part(layer, x, 1, words);
    double least = 1e9;
    for (int i = 0; i < o.repeats; i++) least = fmin(least, part.once(CLOCK_THREAD_CPUTIME_ID, nullptr));
    best[s] = least - before;
    best[count] = before = least;
  }
  return best;
}

void report(const Layer& layer, const std::vector<double>& took, double peak) {
  double operations = 0, products = 0;
  for (size_t s = 0; s < layer.names.size(); s++) {
    const double each = layer.names[s].operations;
    printf("  %-18s %8.1f us", layer.names[s].name, took[s] * 1e6);
    if (each > 0) printf("  %7.1f GOPS  %5.1f %% of peak", each / took[s] * 1e-9, each / took[s] * 1e-7 / peak);
    printf("\n");
    if (each == 0 || strcmp(layer.names[s].name, "attention") == 0) continue;
    operations += each;
    products += took[s];
  }
  const Options& o = layer.o;
  printf("rows %lld, blocks %lld %lld %lld, %d threads, VNNI peak %.1f GOPS: layer %.2f ms; products %.1f %% of peak while they "
         "run, %.1f %% over the layer\n",
         static_cast<long long>(o.rows), static_cast<long long>(o.qkv), static_cast<long long>(o.out),
         static_cast<long long>(o.up), o.threads, peak, took.back() * 1e3, operations / products * 1e-7 / peak,
         operations / took.back() * 1e-7 / peak);
}

void run(const Options& o) {
  Layer layer(o);
  const qv::Place x = layer.build();
  qv::ThreadPool* pool = nullptr;
  if (qv::ThreadPool::create(o.threads, &pool)) exit(1);
  const double peak = bench::peak_gops(*pool, qv_peak_vnni, 128);
  qv::ThreadPool::destroy(pool);
  report(layer, measure(layer, x), peak);
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  const char* tier = nullptr;
  for (int i = 1; i + 1 < argc; i += 2) {
    const long value = atol(argv[i + 1]);
    if (!strcmp(argv[i], "--threads")) o.threads = static_cast<int>(value);
    if (!strcmp(argv[i], "--rows")) o.rows = value;
    if (!strcmp(argv[i], "--block-qkv")) o.qkv = value;
    if (!strcmp(argv[i], "--block-out")) o.out = value;
    if (!strcmp(argv[i], "--block-up")) o.up = value;
    if (!strcmp(argv[i], "--cpu")) o.cpu = value != 0;
    if (!strcmp(argv[i], "--static")) o.fixed = value != 0;
    if (!strcmp(argv[i], "--repeats")) o.repeats = static_cast<int>(value);
    if (!strcmp(argv[i], "--tier")) tier = argv[i + 1];
  }
  if (qv_init(tier)) {
    fprintf(stderr, "%s\n", qv_last_error());
    return 1;
  }
  if (o.cpu) o.threads = 1;
  run(o);
  return 0;
}
