"""Writes src/test/resources/exports: exports that are good for one length, of other types, for a GPU, with masks; and what PyTorch gives.

Usage: python3 unusual_exports.py ../resources/exports
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy
import torch
from torch import nn

TRACED = 10000
TOKENS = 6


def sound(samples):
    """What the tests make again in Java."""
    i = numpy.arange(samples)
    return torch.from_numpy((0.1 * numpy.sin(0.05 * i) + 0.05 * numpy.sin(0.31 * i)).astype(numpy.float32)).unsqueeze(0)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.window = nn.Conv1d(1, 8, 400, 320)
        self.out = nn.Linear(8, TOKENS)

    def frames(self, x):
        return torch.relu(self.window(x.unsqueeze(1))).transpose(1, 2)

    def forward(self, x):
        return torch.log_softmax(self.out(self.frames(x)), -1)


class Traced(Plain):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.positions = nn.Parameter(torch.randn(1, 64, 8))

    def forward(self, x):
        if self.kind == "waveform":
            x = x.view(1, int(x.shape[1]))
        h = self.frames(x)
        if self.kind == "frames":
            h = h.reshape(1, int(h.shape[1]), 8) * 2
        if self.kind == "positions":
            h = h + self.positions[:, : int(h.shape[1])]
        return torch.log_softmax(self.out(h), -1)


class OnDevice(Plain):
    def forward(self, x):
        return torch.log_softmax(self.out(self.frames(x) + torch.ones([8], device=torch.device("cpu"))), -1)


class PaddingMask(Plain):
    """fairseq's: true where there is padding."""

    def forward(self, x, padding_mask):
        h = self.frames(x)
        pad = padding_mask[:, 200::320][:, : h.shape[1]]
        return torch.log_softmax(self.out(h.masked_fill(pad.unsqueeze(-1), 0.0)), -1)


class FactorMask(Plain):
    """A mask that is multiplied takes every type and broadcasts; the mean makes padding matter."""

    def forward(self, x, attention_mask):
        x = (x - x.mean(1, keepdim=True)) * attention_mask
        return torch.log_softmax(self.out(self.frames(x)), -1)


class AttentionMask(Plain):
    """Hugging Face's: 1 where there is a sample; frames attend to frames that have some."""

    def forward(self, x, attention_mask):
        h = self.frames(x)
        bias = (1.0 - attention_mask[:, 200::320][:, : h.shape[1]].to(h.dtype)) * -1e4
        p = torch.softmax(torch.matmul(h, h.transpose(1, 2)) + bias.unsqueeze(1), -1)
        return torch.log_softmax(self.out(torch.matmul(p, h)), -1)


class Transformer(Plain):
    """PyTorch's own encoder, which a trace holds as fused layers or as their parts."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, x):
        return torch.log_softmax(self.out(self.encoder(self.frames(x))), -1)


def for_gpu(module, file):
    """As a model that was traced on a GPU names it in its code."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(module, sound(16000)), buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b'"cpu"', b'"cuda:0"') if name.endswith(".py") else data)


def main(folder):
    torch.manual_seed(3)
    folder.mkdir(exist_ok=True)
    x = sound(TRACED)

    def keep(name, result):
        numpy.save(folder / f"{name}.npy", result[0].float().numpy())

    with torch.no_grad():
        for kind in ("waveform", "frames", "positions"):
            model = torch.jit.trace(Traced(kind).eval(), x, check_trace=False)
            model.save(str(folder / f"traced-{kind}.pt"))
            keep(f"traced-{kind}", model(x))
        for name, kind in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
            model = Plain().eval().to(kind)
            torch.jit.script(model).save(str(folder / f"weights-{name}.pt"))
            keep(f"weights-{name}", model.float()(x))
        model = OnDevice().eval()
        for_gpu(model, folder / "constants-gpu.pt")
        keep("constants-gpu", model(x))
        ones = torch.ones(1, TRACED, dtype=torch.long)
        for name, model, mask in (
            ("padding", PaddingMask().eval(), ones == 0),
            ("factor", FactorMask().eval(), ones),
            ("attention", AttentionMask().eval(), ones),
        ):
            torch.jit.script(model).save(str(folder / f"mask-{name}.pt"))
            keep(f"mask-{name}", model(x, mask))


def transformers(folder):
    torch.manual_seed(4)
    model, x = Transformer().eval(), sound(TRACED)
    for name, fused in (("fused", True), ("parts", False)):
        torch.backends.mha.set_fastpath_enabled(fused)
        with torch.no_grad():
            torch.jit.trace(model, sound(16000)).save(str(folder / f"transformer-{name}.pt"))
            numpy.save(folder / f"transformer-{name}.npy", model(x)[0].numpy())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    transformers(Path(sys.argv[1]))
