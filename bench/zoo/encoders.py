"""Encoders that transformers does not have, as their libraries write them, small: SpeechBrain, icefall, torchaudio, PyTorch.

Each takes [1, frames, WIDTH] and gives as many features, a Zipformer for every second frame.
"""
import math

import torch
import torchaudio
from torch import nn
from torch.nn import functional as F

WIDTH, HEADS, WORDS = 32, 4, 32


class Front(nn.Module):
    """Frames of 20 ms from samples."""

    def __init__(self):
        super().__init__()
        self.wide = nn.Conv1d(1, WIDTH, 400, 160)
        self.narrow = nn.Conv1d(WIDTH, WIDTH, 3, 2)

    def forward(self, wav):
        x = F.relu(self.wide(wav.unsqueeze(1)) * 8)
        return F.gelu(self.narrow(x)).transpose(1, 2)


class Recogniser(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.front, self.encoder, self.head = Front(), encoder, nn.Linear(WIDTH, WORDS)

    def forward(self, wav):
        return torch.log_softmax(self.head(self.encoder(self.front(wav))), -1)


class TorchaudioConformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torchaudio.models.Conformer(WIDTH, HEADS, 64, 2, 7)

    def forward(self, x):
        lengths = torch.full([x.size(0)], x.size(1), dtype=torch.long, device=x.device)
        return self.layers(x, lengths)[0]


class TorchaudioEmformer(nn.Module):
    """Blocks of 8 frames that see 16 frames before and 4 behind; with memory, a mean of each block before too."""

    def __init__(self, memory):
        super().__init__()
        self.behind = 4
        self.layers = torchaudio.models.Emformer(WIDTH, HEADS, 64, 2, 8, left_context_length=16, right_context_length=4, max_memory_size=memory)

    def forward(self, x):
        lengths = torch.full([x.size(0)], x.size(1), dtype=torch.long, device=x.device)
        return self.layers(F.pad(x, (0, 0, 0, self.behind)), lengths)[0]


class Transformer(nn.Module):
    def __init__(self, norm_first):
        super().__init__()
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 64, batch_first=True, norm_first=norm_first)
        self.layers = nn.TransformerEncoder(layer, 2)

    def forward(self, x):
        return self.layers(x)


class Crdnn(nn.Module):
    """Convolutions over two axes, an LSTM in both directions and dense layers, as in SpeechBrain's recipes."""

    def __init__(self):
        super().__init__()
        self.first, self.first_norm = nn.Conv2d(1, 4, 3, padding=1), nn.LayerNorm([WIDTH, 4])
        self.second, self.second_norm = nn.Conv2d(4, 4, 3, padding=1), nn.LayerNorm([WIDTH, 4])
        self.rnn = nn.LSTM(WIDTH // 2 * 4, WIDTH, 2, batch_first=True, bidirectional=True)
        self.dense, self.norm, self.last = nn.Linear(2 * WIDTH, WIDTH), nn.BatchNorm1d(WIDTH), nn.Linear(WIDTH, WIDTH)
        self.activation = nn.LeakyReLU()

    def forward(self, x):
        y = x.unsqueeze(1)
        y = self.activation(self.first_norm(self.first(y).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        y = self.activation(self.second_norm(self.second(y).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        y = F.max_pool2d(y, (1, 2)).permute(0, 2, 3, 1).flatten(2)
        y = self.dense(self.rnn(y)[0])
        return self.last(self.activation(self.norm(y.transpose(1, 2)).transpose(1, 2)))


class Branch(nn.Module):
    """A Branchformer layer: attention beside a gated MLP with a depthwise convolution."""

    def __init__(self):
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(WIDTH), nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp_norm, self.up, self.gate_norm = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 64), nn.LayerNorm(32)
        self.gate = nn.Conv1d(32, 32, 9, padding=4, groups=32, padding_mode="reflect")
        self.down, self.merge = nn.Linear(32, WIDTH), nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x):
        q = self.attention_norm(x)
        seen = self.attention(q, q, q, need_weights=False)[0]
        value, gate = F.gelu(self.up(self.mlp_norm(x))).chunk(2, dim=-1)
        gated = self.down(value * self.gate(self.gate_norm(gate).transpose(1, 2)).transpose(1, 2))
        return x + self.merge(torch.cat([seen, gated], -1))


class RelativePositions(nn.Module):
    """SpeechBrain's RelPosEncXL, which writes its table in place."""

    def __init__(self):
        super().__init__()
        self.width = WIDTH
        self.register_buffer("inverse", torch.exp(torch.arange(0, WIDTH, 2, dtype=torch.float32) * -(math.log(10000.0) / WIDTH)))

    def forward(self, x):
        table = torch.empty([2, x.size(1), self.width], dtype=torch.float32)
        past, future = table[0], table[1]
        angles = torch.arange(0, x.size(1), dtype=torch.float32).unsqueeze(-1) * self.inverse
        past[:, 0::2] = torch.sin(angles)
        past[:, 1::2] = torch.cos(angles)
        future[:, 0::2] = -torch.sin(angles)
        future[:, 1::2] = torch.cos(angles)
        return torch.cat([torch.flip(past, (0,)).unsqueeze(0), future[1:].unsqueeze(0)], dim=1)


class RelativeAttention(nn.Module):
    """SpeechBrain's RelPosMHAXL."""

    def __init__(self):
        super().__init__()
        self.heads, self.size = HEADS, WIDTH // HEADS
        self.inputs, self.positions = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.content = nn.Parameter(torch.randn(self.heads, self.size) * 0.2)
        self.place = nn.Parameter(torch.randn(self.heads, self.size) * 0.2)
        self.output = nn.Linear(WIDTH, WIDTH)

    def shifted(self, x):
        batch, heads, queries, places = x.shape
        x = F.pad(x, (1, 0)).view(batch, heads, -1, queries)
        return x[:, :, 1:].view(batch, heads, queries, places)[..., : places // 2 + 1]

    def forward(self, x, table):
        batch, frames, width = x.shape
        q, k, v = self.inputs(x).view(batch, frames, self.heads, 3 * self.size).chunk(3, dim=-1)
        p = self.positions(table).view(1, -1, self.heads, self.size)
        content = torch.matmul(((q + self.content) * self.size**-0.5).transpose(1, 2), k.permute(0, 2, 3, 1))
        place = torch.matmul(((q + self.place) * self.size**-0.5).transpose(1, 2), p.permute(0, 2, 3, 1))
        weights = F.softmax(content + self.shifted(place), dim=-1, dtype=torch.float32)
        mixed = torch.matmul(weights, v.transpose(1, 2)).transpose(1, 2).contiguous()
        return self.output(mixed.view(batch, -1, width))


def feed_forward():
    return nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 64), nn.SiLU(), nn.Linear(64, WIDTH))


class SpeechBrainLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.behind, self.attention = feed_forward(), feed_forward(), RelativeAttention()
        self.attention_norm, self.convolution_norm, self.norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.pointwise = nn.Sequential(nn.Conv1d(WIDTH, 2 * WIDTH, 1), nn.GLU(dim=1))
        self.depthwise = nn.Conv1d(WIDTH, WIDTH, 7, padding=3, groups=WIDTH)
        self.after = nn.Sequential(nn.LayerNorm(WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, x, table):
        x = x + 0.5 * self.before(x)
        x = x + self.attention(self.attention_norm(x), table)
        y = self.depthwise(self.pointwise(self.convolution_norm(x).transpose(1, 2)))
        x = x + self.after(y.transpose(1, 2))
        return self.norm(x + 0.5 * self.behind(x))


class SpeechBrainConformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions, self.layers = RelativePositions(), nn.ModuleList([SpeechBrainLayer() for _ in range(2)])

    def forward(self, x):
        table = self.positions(x)
        for layer in self.layers:
            x = layer(x, table)
        return x


ENCODERS = {
    "SpeechBrain Conformer": SpeechBrainConformer,
    "SpeechBrain CRDNN": Crdnn,
    "Branchformer": lambda: nn.Sequential(Branch(), Branch()),
    "torchaudio Conformer": TorchaudioConformer,
    "torchaudio Emformer": lambda: TorchaudioEmformer(0),
    "torchaudio Emformer, memory": lambda: TorchaudioEmformer(4),
    "nn.TransformerEncoder": lambda: Transformer(False),
    "nn.TransformerEncoder, norm first": lambda: Transformer(True),
}
