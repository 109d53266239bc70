"""Makes one model with every type of layer, and what PyTorch's own quantized layers say.

Run by hand (python layer_models.py OUT); needs torch 2.10. layers.pt is the float model, whose forward(wavs) gives one
result a layer; layers.METHOD.BACKEND.NAME.npy are those of torch.ao.quantization for the input layers.in.npy.
products.pt has the same layers as far as the native engine multiplies them in int8; its forward(wavs) gives their results
in one row.
"""
import copy
import sys
import warnings
import numpy as np
import torch
import torch.nn as nn
import torch.ao.nn.quantized as nnq
import torch.ao.quantization as tq
from int8_models import strip

warnings.filterwarnings("ignore")
out = sys.argv[1]
NAMES = [
    "linear", "linear_relu", "conv1d", "conv2d", "conv3d", "conv_bn_relu", "lstm", "gru", "lstm_cell", "gru_cell",
    "rnn_cell", "embedding", "bag",
]


PRODUCTS = ("linear", "linear_relu", "conv1d", "conv2d", "conv_bn_relu")


class ConvBnRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.act = nn.Conv1d(8, 12, 3, bias=False), nn.BatchNorm1d(12), nn.ReLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class LinearRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.act = nn.Linear(8, 24), nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.lin(x))


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.linear = nn.Linear(8, 24)
        self.linear_relu = LinearRelu()
        self.conv1d = nn.Conv1d(8, 16, 5, stride=2, padding=2)
        self.conv2d = nn.Conv2d(4, 8, (3, 2), stride=(2, 1), padding=(1, 0), groups=2)
        self.conv3d = nn.Conv3d(2, 6, 2, padding=1)
        self.conv_bn_relu = ConvBnRelu()
        self.lstm = nn.LSTM(8, 12, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(8, 12, batch_first=True)
        self.lstm_cell, self.gru_cell, self.rnn_cell = nn.LSTMCell(8, 12), nn.GRUCell(8, 12), nn.RNNCell(8, 12)
        self.embedding = nn.Embedding(20, 12)
        self.bag = nn.EmbeddingBag(20, 12, mode="sum")
        bn = self.conv_bn_relu.bn
        bn.running_mean.uniform_(-0.5, 0.5)
        bn.running_var.uniform_(0.5, 2)
        bn.weight.data.uniform_(-1.5, 1.5)

    def forward(self, wavs):
        x = wavs.reshape(1, -1, 8)
        t = x.transpose(1, 2)
        ids = (x[0, :, 0].abs() * 8).to(torch.long).clamp(max=19)
        lstm_cell, state = self.lstm_cell(x[0])
        return (
            self.linear(x), self.linear_relu(x), self.conv1d(t), self.conv2d(x.reshape(1, 4, -1, 4)),
            self.conv3d(x.reshape(1, 2, -1, 4, 2)), self.conv_bn_relu(t), self.lstm(x)[0], self.gru(x)[0], lstm_cell,
            self.gru_cell(x[0]), self.rnn_cell(x[0]), self.embedding(ids), self.bag(ids.reshape(-1, 2)),
        )


class Products(nn.Module):
    def __init__(self, layers):
        super().__init__()
        for name in PRODUCTS:
            setattr(self, name, getattr(layers, name))
        # the native engine has no groups of two-dimensional convolutions: the same as one whose other weights are 0
        groups = layers.conv2d
        self.conv2d = nn.Conv2d(4, 8, groups.kernel_size, stride=groups.stride, padding=groups.padding)
        self.conv2d.bias = groups.bias
        self.conv2d.weight.zero_()
        self.conv2d.weight[:4, :2] = groups.weight[:4]
        self.conv2d.weight[4:, 2:] = groups.weight[4:]

    def forward(self, wavs):
        x = wavs.reshape(1, -1, 8)
        t = x.transpose(1, 2)
        results = (
            self.linear(x), self.linear_relu(x), self.conv1d(t), self.conv2d(x.reshape(1, 4, -1, 4)),
            self.conv_bn_relu(t),
        )
        return torch.cat([y.reshape(1, -1) for y in results], 1)


def record(kind, names, results):
    for name, value in zip(NAMES, results):
        if name in names:
            np.save(f"{out}/layers.{kind}.{name}.npy", value.float().numpy())


def dynamic(engine, dtype):
    torch.backends.quantized.engine = engine
    config = tq.float16_dynamic_qconfig
    if dtype == torch.qint8:
        config = tq.default_dynamic_qconfig if engine == "qnnpack" else tq.per_channel_dynamic_qconfig
    kinds = (nn.Linear, nn.LSTM, nn.GRU, nn.LSTMCell, nn.GRUCell, nn.RNNCell)
    return tq.quantize_dynamic(copy.deepcopy(model), {kind: config for kind in kinds}, dtype=dtype)


def rows(layer):
    layer = copy.deepcopy(layer)
    layer.qconfig = tq.float_qparams_weight_only_qconfig
    return (nnq.EmbeddingBag if isinstance(layer, nn.EmbeddingBag) else nnq.Embedding).from_float(layer)


class Island(nn.Module):
    """A layer between quantize and dequantize, calibrated with the smallest and the largest value."""

    def __init__(self, layer, engine):
        super().__init__()
        self.quant, self.layer, self.dequant = tq.QuantStub(), copy.deepcopy(layer), tq.DeQuantStub()
        weight = tq.default_weight_observer if engine == "qnnpack" else tq.default_per_channel_weight_observer
        reduced = engine in ("fbgemm", "x86")
        observer = tq.MinMaxObserver.with_args(reduce_range=reduced, dtype=torch.quint8)
        self.qconfig = tq.QConfig(activation=observer, weight=weight)

    def forward(self, x):
        return self.dequant(self.layer(self.quant(x)))


def static(engine):
    torch.backends.quantized.engine = engine
    result = copy.deepcopy(model)
    for name in ("linear", "linear_relu", "conv1d", "conv2d", "conv3d", "conv_bn_relu"):
        island = Island(getattr(result, name), engine).eval()
        if name == "conv_bn_relu":
            island.layer = tq.fuse_modules(island.layer, [["conv", "bn", "act"]])
        if name == "linear_relu":
            island.layer = tq.fuse_modules(island.layer, [["lin", "act"]])
        setattr(result, name, tq.prepare(island))
    result(wavs)
    for name in ("linear", "linear_relu", "conv1d", "conv2d", "conv3d", "conv_bn_relu"):
        setattr(result, name, tq.convert(getattr(result, name)))
    return result


with torch.no_grad():
    model = Layers().eval()
    wavs = torch.randn(1, 640, generator=torch.Generator().manual_seed(5))
    np.save(f"{out}/layers.in.npy", wavs.numpy())
    script = torch.jit.script(model)
    script.save(f"{out}/layers.pt")
    strip(f"{out}/layers.pt")
    products = torch.jit.script(Products(model))
    products.save(f"{out}/products.pt")
    strip(f"{out}/products.pt")
    for backend in ("x86", "onednn"):
        record(f"static.{backend}", NAMES[:6], static(backend)(wavs))
    for backend in ("fbgemm", "qnnpack"):
        record(f"dynamic.{backend}", NAMES[:2] + NAMES[6:11], dynamic(backend, torch.qint8)(wavs))
        record(f"static.{backend}", NAMES[:6], static(backend)(wavs))
    record("float16.fbgemm", NAMES[:2] + NAMES[6:11], dynamic("fbgemm", torch.float16)(wavs))
    model.embedding, model.bag = rows(model.embedding), rows(model.bag)
    record("dynamic.fbgemm", NAMES[11:], model(wavs))
