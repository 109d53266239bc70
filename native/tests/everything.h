// A valid program of every operator, which tests and fuzzers damage.
#pragma once

#include "exec/positions.h"
#include "programs.h"

inline constexpr int64_t kArena = 1 << 16, kScratch = 8192, kBlock = 8;

// One step of each operator, and a group with block-local scratch, all valid.
struct Everything {
  const qv::KernelTable& table;
  Random random{5};
  Weights w{table, random, 24, 16}, lstm{table, random, 32, 8}, gru{table, random, 24, 8};
  Constants constants{random.floats(600, -1, 1)};
  StepList steps;
  Layout at;

  explicit Everything(const qv::KernelTable& t) : table(t) {
    rows();
    group();
    products();
    views();
  }

  void rows() {
    using namespace qv;
    const int64_t c = constants.address();
    steps.add(OP_NORM_ROWS, NormRowsStep{11, 16, at.take(11 * 64), 16, c, c + 64, 1e-5, ACT_GELU, at.take(11 * 64), 16, U8_ROWS,
                                         0.1, 3, at.take(44), at.take(44)});
    steps.add(OP_QUANTIZE_ROWS, QuantizeRowsStep{11, 16, at.take(11 * 64), 16, ACT_NONE, at.take(11 * 64), 16, U8, 0.1, 3, NONE, NONE});
    steps.add(OP_UNARY, UnaryStep{11, 16, at.take(11 * 64), 16, 1, 0, ACT_TANH, 0, at.take(11 * 64), 16});
    steps.add(OP_SOFTMAX_ROWS, SoftmaxRowsStep{11, 16, at.take(11 * 64), 16, 1, at.take(11 * 64), 16});
    steps.add(OP_REDUCE_ROWS, ReduceRowsStep{11, 16, VARIANCE, 1, at.take(11 * 64), 16, at.take(44)});
    steps.add(OP_GATHER, GatherStep{11, 16, 10, at.take(44), c, at.take(11 * 64), 16});
    steps.add(OP_DEPTHWISE, DepthwiseStep{11, 1, 16, 3, 1, 1, 1, 1, 1, 1, 0, 12, 1, at.take(13 * 64), 16, 16, c, c + 192, ACT_SILU, at.take(11 * 64), 16});
  }

  void group() {
    using namespace qv;
    Layout local;
    const Place bytes = local.take_local(kBlock * 16), scales = local.take_local(kBlock * 4), zeros = local.take_local(kBlock * 4);
    const Place floats = local.take_local(kBlock * 96);
    const Place x = at.take(40 * 64), y = at.take(40 * 96);
    steps.add(OP_QUANTIZE_ROWS, QuantizeRowsStep{40, 16, x, 16, ACT_GELU, bytes, 16, U8_ROWS, 1, 0, scales, zeros}, 0, kBlock);
    GemmStep g = {40, 16, 24, bytes, 16, U8_ROWS, 1, 0, scales, zeros, w.handle(), 0, ACT_GELU, 0, 1, NONE, 0, floats, 24, F32, 1, 0};
    steps.add(OP_GEMM, g, 0, kBlock);
    steps.add(OP_UNARY, UnaryStep{40, 24, floats, 24, 1, 0, ACT_NONE, 0, y, 24}, 0, kBlock);
  }

  void products() {
    using namespace qv;
    const Place q = at.take(12 * 96);
    GemmStep g = {30, 16, 24, at.take(30 * 16), 16, U8, 0.1, 4, NONE, NONE, w.handle(), 0, ACT_RELU, 0, 0.5,
                  at.take(30 * 96), 24, at.take(30 * 24), 24, U8, 0.1, 5};
    steps.add(OP_GEMM, g);
    AttentionStep a = {3, 12, 12, 8, q, q, q, 24, 24, 24, 8, 8, 8, 0.3, at.take(12 * 48), at.take(12 * 96), 24, 8, 0, 12, 0, 1, 2, 3, 1, 1,
                       NONE, 0, 0, 0, NONE, 0, 0, NONE, 0, 1};
    steps.add(OP_ATTENTION, a);
    positions(q);
    QuantizeTensorStep t = {9, 2, 8, 1, 2, at.take(9 * 64), 16, at.take(12 * 16), at.take(4), at.take(4), 0, 1, 0};
    steps.add(OP_QUANTIZE_TENSOR, t);
    steps.add(OP_RNN, RnnStep{LSTM, 5, 8, 0, at.take(5 * 128), 32, lstm.handle(), at.take(32), at.take(32), at.take(128), at.take(160), 8});
    steps.add(OP_RNN, RnnStep{GRU, 5, 8, 1, at.take(5 * 96), 24, gru.handle(), at.take(32), NONE, at.take(96), at.take(160), 8});
    steps.add(OP_MATMUL, MatmulStep{2, 1, 5, 6, 7, at.take(280), 35, 0, 7, 1, at.take(336), 42, 0, 6, 1, at.take(240), 30, 0, 6});
    steps.add(OP_IM2COL, Im2colStep{3, 3, 2, 2, 4, 1, 1, 1, 1, at.take(256), 16, 4, at.take(9 * 64), 16});
    steps.add(OP_GLU, GluStep{11, 8, at.take(11 * 64), 16, at.take(11 * 32), 8});
  }

  // Keys of 23 positions, packed and read.
  void positions(qv::Place q) {
    using namespace qv;
    const auto bytes = static_cast<int64_t>(round_up(positions_bytes(table, 23, 8, false), 64));
    const Place keys = at.take(23 * 96), packed = at.take(3 * bytes);
    steps.add(OP_PACK, PackStep{3, 23, 8, keys, 8, 24, 1, 0, packed, bytes});
    AttentionStep a = {3, 12, 12, 8, q, q, q, 24, 24, 24, 8, 8, 8, 0.3, NONE, at.take(12 * 96), 24, 8, 0, 0, 0, 0, 0, 0, 0, 0,
                       packed, bytes, 23, 11, q, 24, 8, at.take(96), 8, 0.5};
    steps.add(OP_ATTENTION, a);
  }

  void views() {
    using namespace qv;
    const int64_t n = 2 * 3 * 4 * 5;
    const View a = {at.take(n * 4), {60, 0, 20, 0, 5, 1}}, b = {at.take(n * 4), {60, 0, 0, 0, 5, 1}}, out = {at.take(n * 4), {60, 60, 20, 20, 5, 1}};
    steps.add(OP_COPY, CopyStep{{2, 1, 3, 1, 4, 5}, a, out, 0, 0});
    steps.add(OP_BINARY, BinaryStep{{2, 1, 3, 1, 4, 5}, MUL, 1, a, b, out});
    steps.add(OP_SELECT, SelectStep{{2, 1, 3, 1, 4, 5}, a, b, a, out});
  }
};
