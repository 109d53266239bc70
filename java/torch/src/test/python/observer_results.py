"""Scales and zero points of PyTorch's observers. Run by hand (python observer_results.py OUT.tsv); needs torch 2.10.

The data are made by a formula that Java can repeat: batch b, element i: sin(12.9898 * (i + 1000 b)) * 3 + 0.7 * b.
"""
import sys
import torch
from torch.ao.quantization import observer as o

SCHEMES = [
    (torch.quint8, torch.per_tensor_affine, False), (torch.quint8, torch.per_tensor_affine, True),
    (torch.quint8, torch.per_tensor_symmetric, False),
    (torch.qint8, torch.per_tensor_affine, False), (torch.qint8, torch.per_tensor_affine, True),
    (torch.qint8, torch.per_tensor_symmetric, False), (torch.qint8, torch.per_tensor_symmetric, True),
]


def batch(b):
    i = torch.arange(64, dtype=torch.float64)
    return (torch.sin(12.9898 * (i + 1000 * b)) * 3 + 0.7 * b).float()


def name(value):
    return str(value).split(".")[-1]


with open(sys.argv[1], "w") as file:
    for dtype, scheme, reduced in SCHEMES:
        for kind in (o.MinMaxObserver, o.MovingAverageMinMaxObserver):
            seen = kind(dtype=dtype, qscheme=scheme, reduce_range=reduced)
            for b in range(5):
                seen(batch(b))
            scale, zero = seen.calculate_qparams()
            print(kind.__name__, name(dtype), name(scheme), reduced, 0, repr(scale.item()), int(zero), sep="\t", file=file)
        channels = torch.per_channel_symmetric if scheme == torch.per_tensor_symmetric else torch.per_channel_affine
        seen = o.PerChannelMinMaxObserver(dtype=dtype, qscheme=channels, reduce_range=reduced)
        seen(torch.stack([batch(b) - 4 for b in range(4)] + [torch.zeros(64), torch.full((64,), 2.0)]))
        scales, zeros = seen.calculate_qparams()
        for c in range(6):
            print("PerChannel", name(dtype), name(scheme), reduced, c, repr(scales[c].item()), int(zeros[c]), sep="\t", file=file)
    for backend in ("fbgemm", "qnnpack", "x86", "onednn"):
        config = torch.ao.quantization.get_default_qconfig(backend)
        a, w = config.activation(), config.weight()
        print("preset", backend, type(a).__name__, a.quant_min, a.quant_max, name(a.qscheme), w.quant_min, w.quant_max,
              name(w.qscheme), sep="\t", file=file)
