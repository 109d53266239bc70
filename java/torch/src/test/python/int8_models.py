"""Makes small models that PyTorch quantized, and what PyTorch says for one waveform.

Run by hand (python int8_models.py OUT); needs torch 2.10. Each file NAME.pt has NAME.npy beside it, int8.in.npy is the input.
"""
import sys
import warnings
import zipfile
import numpy as np
import torch
import torch.nn as nn
import torch.ao.quantization as tq
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

warnings.filterwarnings("ignore")
out = sys.argv[-1]


class Speech(nn.Module):
    """Convolutions, a norm, linear layers with a batch norm between: a small CTC model."""

    def __init__(self, stubs):
        super().__init__()
        torch.manual_seed(7)
        self.conv = nn.Conv1d(1, 16, 10, stride=5)
        self.act = nn.ReLU()
        self.grouped = nn.Conv1d(16, 16, 3, padding=1, groups=2)
        self.norm = nn.LayerNorm(16)
        self.up = nn.Linear(16, 48)
        self.up_act = nn.ReLU()
        self.bn = nn.BatchNorm1d(48)
        self.head = nn.Linear(48, 6)
        self.quant = tq.QuantStub() if stubs else nn.Identity()
        self.dequant = tq.DeQuantStub() if stubs else nn.Identity()
        self.bn.running_mean.uniform_(-0.5, 0.5)
        self.bn.running_var.uniform_(0.5, 2)
        self.bn.weight.data.uniform_(-1.5, 1.5)

    def forward(self, wavs):
        x = self.quant(wavs.unsqueeze(1))
        x = self.grouped(self.act(self.conv(x)))
        x = self.norm(x.transpose(1, 2))
        x = self.dequant(self.up_act(self.up(x)))
        x = self.bn(x.transpose(1, 2)).transpose(1, 2)
        return torch.log_softmax(self.head(x) * 4, -1)


def audio(seed):
    g = torch.Generator().manual_seed(seed)
    t = torch.arange(1600) / 1600
    return (torch.sin(60 * t + seed) * t + 0.1 * torch.randn(1600, generator=g)).unsqueeze(0)


def static(engine):
    torch.backends.quantized.engine = engine
    model = Speech(True).eval()
    model.bn.qconfig = model.head.qconfig = None
    model = tq.fuse_modules(model, [["conv", "act"], ["up", "up_act"]])
    model.qconfig = tq.get_default_qconfig(engine)
    model.bn.qconfig = model.head.qconfig = None
    tq.prepare(model, inplace=True)
    for seed in range(8):
        model(audio(seed))
    return tq.convert(model)


def fx(engine):
    """The other way of PyTorch, whose graph has scales as attributes of the top module; traced and frozen."""
    torch.backends.quantized.engine = engine
    mapping = tq.QConfigMapping().set_global(tq.get_default_qconfig(engine))
    model = prepare_fx(Speech(False).eval(), mapping, (audio(0),))
    for seed in range(8):
        model(audio(seed))
    return convert_fx(model)


def dynamic(dtype):
    torch.backends.quantized.engine = "fbgemm"
    return tq.quantize_dynamic(Speech(False).eval(), {nn.Linear}, dtype=dtype)


def strip(path):
    """Leaves out the lines of code that each operator came from, with the folders of this computer."""
    with zipfile.ZipFile(path) as old:
        parts = [(e, old.read(e)) for e in old.infolist() if not e.filename.endswith(".debug_pkl")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for entry, data in parts:
            new.writestr(entry.filename, data)


def save(name, model, frozen=False):
    script = torch.jit.script(model) if not frozen else torch.jit.freeze(torch.jit.trace(model, (audio(0),)).eval())
    script.save(f"{out}/{name}.pt")
    strip(f"{out}/{name}.pt")
    with torch.no_grad():
        np.save(f"{out}/{name}.npy", torch.jit.load(f"{out}/{name}.pt")(audio(99)).numpy())


def affine():
    """Weights with zero points, which the int8 contract does not have; the float model beside it."""
    torch.backends.quantized.engine = "fbgemm"
    weight = tq.MinMaxObserver.with_args(dtype=torch.qint8, qscheme=torch.per_tensor_affine)
    config = tq.QConfig(activation=tq.default_dynamic_qconfig.activation, weight=weight)
    model = Speech(False).eval()
    model.up.weight.data += 0.2
    np.save(f"{out}/affine.float.npy", model(audio(99)).numpy())
    model = tq.quantize_dynamic(model, {"up": config})
    assert model.up.weight().q_zero_point() != 0
    return model


def facts(name, model):
    """Scale and zero point of each layer's input; sum and first scale of its weights, where -128 counts as -127."""
    quant = model.quant, model.conv, model.norm
    with open(f"{out}/{name}.tsv", "w") as file:
        for source, path in zip(quant, ("conv", "grouped", "up")):
            weight = model.get_submodule(path).weight()
            per_channel = weight.qscheme() == torch.per_channel_affine
            scale = weight.q_per_channel_scales()[0].item() if per_channel else weight.q_scale()
            total = weight.int_repr().int().clamp(min=-127).sum().item()
            print(path, float(source.scale), int(source.zero_point), total, scale, sep="\t", file=file)


def main():
    with torch.no_grad():
        np.save(f"{out}/int8.in.npy", audio(99).numpy())
        np.save(f"{out}/float.npy", Speech(False).eval()(audio(99)).numpy())
        for engine in ("fbgemm", "qnnpack"):
            model = static(engine)
            facts(f"static-{engine}", model)
            save(f"static-{engine}", model)
        save("affine-weights", affine())
        save("fx-x86-frozen", fx("x86"), True)
        save("dynamic-qint8", dynamic(torch.qint8))
        save("dynamic-float16", dynamic(torch.float16))


if __name__ == "__main__":
    main()
