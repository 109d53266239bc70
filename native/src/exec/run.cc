// Runs a program stage after stage; each stage is a loop over all threads. Row groups are cut by rows, and each thread
// takes its rows through all steps block by block. With few rows, products are cut by columns instead, since reading
// the weights then takes most of the time.
#include "exec/run.h"

#include "exec/context.h"
#include "memory/error.h"
#include "pool/clock.h"

namespace qv {
namespace {

constexpr int kMostThreads = ThreadPool::kMostThreads;

struct alignas(64) Range {
  float low = 0, high = 0;
};

// The state that the threads of one stage share.
struct Run {
  const qv_program& program;
  char* const* bases;
  int64_t* nanos;  // nanoseconds of each step, or NULL
  std::atomic<int> bad_index{0};
  const Stage* stage = nullptr;
  int step = 0;                   // the present step when steps run one by one
  int64_t row0 = 0, row1 = 0;     // the present block when steps run one by one
  char* shared_local = nullptr;   // block-local scratch of all threads when steps run one by one
  int64_t head0 = 0, head1 = 0;   // the heads of the present round of attention
  char* shared = nullptr;
  RowQuant quant = {};
  Range ranges[kMostThreads];

  Run(const qv_program& p, char* const* b, int64_t* n) : program(p), bases(b), nanos(n) {}

  Context context(int thread, int threads, void* scratch) {
    auto* own = static_cast<char*>(scratch);  // NULL if no step needs any
    return {program, bases, own, own ? own + program.workspace.local : own, shared, 0, thread, threads, &bad_index};
  }
};

void run_rows(const Step& step, const Context& c, int64_t r0, int64_t r1) {
  switch (step.header.op) {
    case OP_GEMM: return gemm_rows(step.as<GemmStep>(), c, r0, r1);
    case OP_NORM_ROWS: return norm_rows(step.as<NormRowsStep>(), c, r0, r1);
    case OP_QUANTIZE_ROWS: return quantize_rows(step.as<QuantizeRowsStep>(), c, r0, r1);
    case OP_UNARY: return unary_rows(step.as<UnaryStep>(), c, r0, r1);
    case OP_GLU: return glu_rows(step.as<GluStep>(), c, r0, r1);
    case OP_SOFTMAX_ROWS: return softmax_rows(step.as<SoftmaxRowsStep>(), c, r0, r1);
    case OP_REDUCE_ROWS: return reduce_rows(step.as<ReduceRowsStep>(), c, r0, r1);
    case OP_GATHER: return gather_rows(step.as<GatherStep>(), c, r0, r1);
    default: return depthwise_rows(step.as<DepthwiseStep>(), c, r0, r1);
  }
}

void run_alone(const Step& step, const Context& c, const RowQuant& quant) {
  switch (step.header.op) {
    case OP_COPY: return copy(step.as<CopyStep>(), c);
    case OP_BINARY: return binary(step.as<BinaryStep>(), c);
    case OP_SELECT: return select(step.as<SelectStep>(), c);
    case OP_MATMUL: return matmul(step.as<MatmulStep>(), c);
    case OP_IM2COL: return im2col(step.as<Im2colStep>(), c);
    case OP_PACK: return pack(step.as<PackStep>(), c);
    case OP_QUANTIZE_TENSOR: return quantize_tensor_store(step.as<QuantizeTensorStep>(), c, quant);
    default:
      if (c.thread == 0) rnn(step.as<RnnStep>(), c);
  }
}

// Takes a thread's block of rows through all steps of the group.
void run_block(Run& run, Context& c, int64_t r0, int64_t r1) {
  c.first_row = r0;
  int64_t before = run.nanos ? now_nanos() : 0;
  for (int i = run.stage->begin; i < run.stage->end; i++) {
    run_rows(run.program.steps[i], c, r0, r1);
    if (!run.nanos) continue;
    const int64_t after = now_nanos();
    __atomic_fetch_add(&run.nanos[i], after - before, __ATOMIC_RELAXED);
    before = after;
  }
}

void group_share(Run& run, Context& c) {
  const Stage& stage = *run.stage;
  const int64_t begin = share_begin(stage.rows, c.thread, c.threads);
  const int64_t rows = share_begin(stage.rows, c.thread + 1, c.threads) - begin;
  const auto blocks = static_cast<int>((rows + stage.block_rows - 1) / stage.block_rows);
  for (int b = 0; b < blocks; b++) {
    run_block(run, c, begin + share_begin(rows, b, blocks), begin + share_begin(rows, b + 1, blocks));
  }
}

// Runs a thread's share of one step on one block, on which all threads work together.
void step_share(Run& run, Context& c) {
  const Step& step = run.program.steps[run.step];
  c.local = run.shared_local;
  c.first_row = run.row0;
  if (step.header.op == OP_GEMM) {
    const auto& gemm = step.as<GemmStep>();
    const int panels = gemm_panel_count(gemm);
    const auto panel0 = static_cast<int>(share_begin(panels, c.thread, c.threads));
    const auto panel1 = static_cast<int>(share_begin(panels, c.thread + 1, c.threads));
    if (panel0 < panel1) gemm_panels(gemm, c, run.row0, run.row1, panel0, panel1);
    return;
  }
  const int64_t rows = run.row1 - run.row0;
  const int64_t r0 = run.row0 + share_begin(rows, c.thread, c.threads);
  const int64_t r1 = run.row0 + share_begin(rows, c.thread + 1, c.threads);
  if (r0 < r1) run_rows(step, c, r0, r1);
}

void range_share(Run& run, Context& c) {
  Range& range = run.ranges[c.thread];
  range = {};
  quantize_tensor_range(run.program.steps[run.step].as<QuantizeTensorStep>(), c, &range.low, &range.high);
}

void alone_share(Run& run, Context& c) { run_alone(run.program.steps[run.step], c, run.quant); }

void pack_share(Run& run, Context& c) {
  attention_pack(run.program.steps[run.step].as<AttentionStep>(), c, run.head0, run.head1);
}

void heads_share(Run& run, Context& c) {
  attention(run.program.steps[run.step].as<AttentionStep>(), c, run.head0, run.head1);
}

void find_local(Run& run, Context& c) { run.shared_local = c.local; }

using Share = void (*)(Run& run, Context& c);

struct Loop {
  Run& run;
  Share share;
  int threads;
};

void loop_share(void* context, int begin, int end, int, void* scratch) {
  const Loop& loop = *static_cast<const Loop*>(context);
  for (int thread = begin; thread < end; thread++) {
    Context c = loop.run.context(thread, loop.threads, scratch);
    loop.share(loop.run, c);
  }
}

qv_status on_threads(Turn& turn, Run& run, int threads, Share share) {
  Loop loop = {run, share, threads};
  return turn.parallel_for(threads, run.program.workspace.bytes, loop_share, &loop);
}

// Spreads the time of a stage over its steps, so that the times of all steps add up to wall-clock time.
void spread_nanos(Run& run, int64_t wall) {
  if (!run.stage->by_rows) {
    run.nanos[run.stage->begin] = wall;
    return;
  }
  int64_t total = 0;
  for (int i = run.stage->begin; i < run.stage->end; i++) total += run.nanos[i];
  for (int i = run.stage->begin; i < run.stage->end; i++) {
    const double part = total > 0 ? static_cast<double>(run.nanos[i]) / static_cast<double>(total) : 0;
    run.nanos[i] = static_cast<int64_t>(part * static_cast<double>(wall));
  }
}

bool few_rows(const Run& run, int threads) {
  return threads > 1 && run.stage->rows < 2 * run.program.table->qgemm->mr * threads;
}

qv_status run_steps_one_by_one(Turn& turn, Run& run) {
  const Stage& stage = *run.stage;
  qv_status status = on_threads(turn, run, 1, find_local);
  for (run.row0 = 0; run.row0 < stage.rows && status == QV_OK; run.row0 = run.row1) {
    run.row1 = run.row0 + stage.block_rows < stage.rows ? run.row0 + stage.block_rows : stage.rows;
    for (run.step = stage.begin; run.step < stage.end && status == QV_OK; run.step++) {
      const int64_t before = run.nanos ? now_nanos() : 0;
      status = on_threads(turn, run, turn.threads(), step_share);
      if (run.nanos) run.nanos[run.step] += now_nanos() - before;
    }
  }
  return status;
}

qv_status find_quant(Turn& turn, Run& run, const QuantizeTensorStep& s) {
  if (s.fixed) {
    const auto scale = static_cast<float>(s.scale);
    run.quant = {scale, 1.0f / scale, static_cast<int32_t>(s.zero)};
  } else {
    const qv_status status = on_threads(turn, run, turn.threads(), range_share);
    if (status != QV_OK) return status;
    Range all;
    for (int i = 0; i < turn.threads(); i++) {
      all.low = run.ranges[i].low < all.low ? run.ranges[i].low : all.low;
      all.high = run.ranges[i].high > all.high ? run.ranges[i].high : all.high;
    }
    run.quant = quant_of_range(all.low, all.high);
  }
  const Context c = run.context(0, 1, nullptr);
  *c.at<float>(s.out_scale) = run.quant.scale;
  *c.at<int32_t>(s.out_zero) = run.quant.zero;
  return QV_OK;
}

qv_status run_attention(Turn& turn, Run& run, const AttentionStep& s) {
  const int64_t heads = attention_heads(*run.program.table, s);
  qv_status status = QV_OK;
  for (run.head0 = 0; run.head0 < s.heads && status == QV_OK; run.head0 = run.head1) {
    run.head1 = run.head0 + heads < s.heads ? run.head0 + heads : s.heads;
    status = on_threads(turn, run, turn.threads(), pack_share);
    if (status == QV_OK) status = on_threads(turn, run, turn.threads(), heads_share);
  }
  return status;
}

qv_status run_stage(Turn& turn, Run& run) {
  const Stage& stage = *run.stage;
  run.step = stage.begin;
  const Step& step = run.program.steps[stage.begin];
  if (stage.by_rows) {
    return few_rows(run, turn.threads()) ? run_steps_one_by_one(turn, run)
                                         : on_threads(turn, run, turn.threads(), group_share);
  }
  if (step.header.op == OP_ATTENTION) return run_attention(turn, run, step.as<AttentionStep>());
  if (step.header.op == OP_QUANTIZE_TENSOR) {
    const qv_status status = find_quant(turn, run, step.as<QuantizeTensorStep>());
    if (status != QV_OK) return status;
  }
  return on_threads(turn, run, turn.threads(), alone_share);
}

}  // namespace

qv_status run_program(Turn& turn, const qv_program& program, char* const* bases, int64_t* step_nanos) {
  Run run(program, bases, step_nanos);
  const qv_status reserved = turn.shared_scratch(program.workspace.shared, &run.shared);
  if (reserved != QV_OK) return reserved;
  for (int i = 0; step_nanos && i < program.step_count; i++) step_nanos[i] = 0;
  for (int i = 0; i < program.stage_count; i++) {
    run.stage = &program.stages[i];
    const int64_t before = step_nanos ? now_nanos() : 0;
    const qv_status status = run_stage(turn, run);
    if (status != QV_OK) return status;
    if (step_nanos) spread_nanos(run, now_nanos() - before);
  }
  if (run.bad_index.load() != 0) return fail(QV_INVALID_ARGUMENT, "an index is outside its table");
  return QV_OK;
}

}  // namespace qv
