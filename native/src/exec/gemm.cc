// Runs product steps: one thread passes a block of rows to the driver of ops/gemm.h.
#include "ops/gemm.h"

#include "exec/context.h"

namespace qv {
namespace {

const PackedMatrix& weights_of(const GemmStep& s) { return *reinterpret_cast<const PackedMatrix*>(s.weights); }

// The one scale and zero point of a tensor, from memory or from the step.
struct Fixed {
  float scale = 1;
  int32_t zero = 0;
  Fixed(const GemmStep& s, const Context& c) {
    if (s.a_type != U8) return;
    const auto* found_scale = c.optional<const float>(s.a_scales);
    const auto* found_zero = c.optional<const int32_t>(s.a_zeros);
    scale = found_scale ? *found_scale : static_cast<float>(s.a_scale);
    zero = found_zero ? *found_zero : static_cast<int32_t>(s.a_zero);
  }
};

void set_activations(const GemmStep& s, const Context& c, int64_t r0, const Fixed& fixed, GemmCall* call) {
  call->a_stride = s.a_type == F32 ? s.a_ld * 4 : s.a_ld;
  call->a = c.at<const char>(s.a, r0, call->a_stride);
  if (s.a_type == F32) return;
  call->per_row = s.a_type == U8_ROWS;
  call->scale = call->per_row ? c.at<const float>(s.a_scales, r0, sizeof(float)) : &fixed.scale;
  call->zero = call->per_row ? c.at<const int32_t>(s.a_zeros, r0, sizeof(int32_t)) : &fixed.zero;
}

void set_output(const GemmStep& s, const Context& c, int64_t r0, GemmCall* call) {
  call->out = c.at<char>(s.out, r0, s.out_ld * (s.out_type == F32 ? 4 : 1));
  call->ldc = s.out_ld;
  call->activation = static_cast<int>(s.act);
  call->alpha = static_cast<float>(s.act_alpha);
  if (s.out_type != F32) {
    call->output = QV_OUT_UINT8;
    call->out_scale = static_cast<float>(s.out_scale);
    call->out_zero = static_cast<int>(s.out_zero);
  }
  if (s.residual == NONE) return;
  call->residual = c.at<const float>(s.residual, r0, s.residual_ld * 4);
  call->mul = static_cast<float>(s.mul);
  call->ldr = s.residual_ld;
}

}  // namespace

void weights_shape(const void* weights, int64_t, int64_t* k, int64_t* n) {
  const auto& w = *static_cast<const PackedMatrix*>(weights);
  *k = w.k;
  *n = w.n;
}

int gemm_panel_count(const GemmStep& s) { return weights_of(s).panels; }

size_t gemm_workspace(const GemmStep& s, int64_t block_rows) { return gemm_scratch(weights_of(s), block_rows); }

void gemm_panels(const GemmStep& s, const Context& c, int64_t r0, int64_t r1, int panel0, int panel1) {
  const Fixed fixed(s, c);
  GemmCall call = {};
  set_activations(s, c, r0, fixed, &call);
  set_output(s, c, r0, &call);
  gemm(call, weights_of(s), r1 - r0, panel0, panel1, c.workspace);
}

void gemm_rows(const GemmStep& s, const Context& c, int64_t r0, int64_t r1) {
  gemm_panels(s, c, r0, r1, 0, gemm_panel_count(s));
}

}  // namespace qv
