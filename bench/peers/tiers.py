"""Instruction sets, and how each contender is held to one."""

# For each tier the name that QuantVoice has for it (None: its best) and what the others read from the environment.
# oneDNN serves OpenVINO and PyTorch, FBGEMM and MKL serve PyTorch.
TIERS = {
    "best": (None, {}),
    "avx512bf16": (
        "avx512bf16",
        {
            "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16",
            "ATEN_CPU_CAPABILITY": "avx512",
            "FBGEMM_ENABLE_INSTRUCTIONS": "AVX512_E1",
            "MKL_ENABLE_INSTRUCTIONS": "AVX512_E1",
        },
    ),
    "avx512vnni": (
        "avx512vnni",
        {
            "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI",
            "ATEN_CPU_CAPABILITY": "avx512",
            "FBGEMM_ENABLE_INSTRUCTIONS": "AVX512_E1",
            "MKL_ENABLE_INSTRUCTIONS": "AVX512_E1",
        },
    ),
    "avx512": (
        "avx512",
        {
            "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
            "ATEN_CPU_CAPABILITY": "avx512",
            "FBGEMM_ENABLE_INSTRUCTIONS": "AVX512",
            "MKL_ENABLE_INSTRUCTIONS": "AVX512",
        },
    ),
    "avxvnni": (
        "avxvnni",
        {
            "ONEDNN_MAX_CPU_ISA": "AVX2_VNNI",
            "ATEN_CPU_CAPABILITY": "avx2",
            "FBGEMM_ENABLE_INSTRUCTIONS": "AVX2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        },
    ),
    "avx2": (
        "avx2",
        {
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "ATEN_CPU_CAPABILITY": "avx2",
            "FBGEMM_ENABLE_INSTRUCTIONS": "AVX2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        },
    ),
}


def can_hold(contender, tier):
    """ONNX Runtime's kernels ask the CPU alone, so it runs on the CPU's best only."""
    return tier == "best" or not contender.startswith("ort-")


def environment(tier):
    return dict(TIERS[tier][1])


def qv_tier(tier):
    return TIERS[tier][0]
