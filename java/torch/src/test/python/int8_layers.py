"""Makes small models with layers that PyTorch quantized: recurrences, cells, tables, sums of quantized tensors.

Run by hand (python int8_layers.py OUT); needs torch 2.10. Each NAME.pt has PyTorch's result NAME.npy beside it, and that of the
float model; the input is int8.in.npy of int8_models.py.
"""
import sys
import numpy as np
import torch
import torch.nn as nn
import torch.ao.nn.quantized as nnq
import torch.ao.quantization as tq
from int8_models import audio, strip

out = sys.argv[-1]


class Front(nn.Module):
    """A waveform as 63 frames of 12 numbers."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 12, 50, stride=25)

    def forward(self, wavs):
        return torch.tanh(3 * self.conv(wavs.unsqueeze(1))).transpose(1, 2)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = Front()
        self.lstm = nn.LSTM(12, 10, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(20, 16)
        self.head = nn.Linear(16, 7)

    def forward(self, wavs):
        x, _ = self.lstm(self.front(wavs))
        x, _ = self.gru(x.transpose(0, 1))
        return torch.log_softmax(self.head(x.transpose(0, 1)), -1)


class Cells(nn.Module):
    """Two steps of each cell, all frames side by side."""

    def __init__(self):
        super().__init__()
        self.front = Front()
        self.lstm, self.gru = nn.LSTMCell(12, 16), nn.GRUCell(16, 10)
        self.tanh, self.relu = nn.RNNCell(10, 8), nn.RNNCell(8, 8, nonlinearity="relu")
        self.head = nn.Linear(8, 7)

    def forward(self, wavs):
        x = self.front(wavs)[0]
        h, c = self.lstm(x)
        h, c = self.lstm(0.1 - 0.7 * x, (h, c))
        y = self.gru(h + c)
        y = self.gru(h, y)
        z = self.relu(self.tanh(y))
        return torch.log_softmax(self.head(z).unsqueeze(0), -1)


class Tables(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = Front()
        self.places, self.pairs = nn.Embedding(20, 12), nn.EmbeddingBag(70, 12, mode="sum")
        self.head = nn.Linear(12, 7)

    def forward(self, wavs):
        x = self.front(wavs)
        at = torch.arange(x.size(1), device=x.device)
        x = x + self.places(at.clamp(max=19)).unsqueeze(0) + self.pairs(torch.stack([at, at + 1], 1)).unsqueeze(0)
        return torch.log_softmax(self.head(x), -1)


class Functional(nn.Module):
    """Sums, products and norms of quantized tensors."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.front = nn.Conv2d(1, 8, (1, 50), stride=(1, 25))
        self.act, self.bn = nn.ReLU(), nn.BatchNorm2d(8)
        self.left, self.right, self.head = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(16, 7)
        self.f, self.g, self.h = nnq.FloatFunctional(), nnq.FloatFunctional(), nnq.FloatFunctional()
        self.bn.running_mean.uniform_(0.1, 0.5)
        self.bn.running_var.uniform_(0.2, 0.6)

    def forward(self, wavs):
        x = self.bn(self.act(self.front(self.quant(wavs[:, None, None]))))
        x = x[:, :, 0].transpose(1, 2)
        a = self.f.add_scalar(self.f.mul_scalar(self.left(x), 0.7), 0.4)
        b = torch.relu(self.g.mul(a, self.right(x)))
        return torch.log_softmax(3 * self.dequant(self.head(self.h.cat([a, b], -1))), -1)


def fresh(kind):
    torch.manual_seed(11)
    model = kind().eval()
    for name, parameter in model.named_parameters():
        if "bn" not in name and parameter.dim() > 1:
            parameter.data = 0.45 * torch.randn_like(parameter)
    return model


def save(name, floats, model):
    # a scripted norm of quantized tensors fails in PyTorch itself, as its scale is a tensor
    script = torch.jit.trace(model, (audio(0),)) if name == "functional" else torch.jit.script(model)
    script.save(f"{out}/{name}.pt")
    strip(f"{out}/{name}.pt")
    np.save(f"{out}/{name}.npy", torch.jit.load(f"{out}/{name}.pt")(audio(99)).numpy())
    np.save(f"{out}/{name.split('-')[0]}.float.npy", floats(audio(99)).numpy())


def dynamic(kind, dtype):
    torch.backends.quantized.engine = "fbgemm"
    return tq.quantize_dynamic(fresh(kind), dtype=dtype)


def tables():
    model = fresh(Tables)
    for table in (model.places, model.pairs):
        table.qconfig = tq.float_qparams_weight_only_qconfig
    model.places, model.pairs = nnq.Embedding.from_float(model.places), nnq.EmbeddingBag.from_float(model.pairs)
    return model


def functional():
    torch.backends.quantized.engine = "qnnpack"
    model = fresh(Functional)
    model.qconfig = tq.get_default_qconfig("qnnpack")
    tq.prepare(model, inplace=True)
    for seed in range(8):
        model(audio(seed))
    return tq.convert(model)


def main():
    with torch.no_grad():
        for dtype, text in ((torch.qint8, "qint8"), (torch.float16, "float16")):
            save(f"recurrent-{text}", fresh(Recurrent), dynamic(Recurrent, dtype))
            save(f"cells-{text}", fresh(Cells), dynamic(Cells, dtype))
        save("tables", fresh(Tables), tables())
        save("functional", fresh(Functional), functional())


main()
