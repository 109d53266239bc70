"""The parts of icefall's Zipformer that other encoders lack, small: compact relative positions, SwooshL and SwooshR, BiasNorm, other rates."""
import math

import torch
from torch import nn

from encoders import HEADS, WIDTH

PLACES, QUERY, PLACE, VALUE = 12, 8, 4, 6


def swoosh_l(x):
    return torch.logaddexp(torch.zeros(1, dtype=x.dtype), x - 4.0) - 0.08 * x - 0.035


def swoosh_r(x):
    return torch.logaddexp(torch.zeros(1, dtype=x.dtype), x - 1.0) - 0.08 * x - 0.313261687


class CompactPositions(nn.Module):
    def __init__(self):
        super().__init__()
        self.places = PLACES

    def forward(self, x):
        frames = x.size(0)
        place = torch.arange(-(frames - 1), frames).to(torch.float32).unsqueeze(1)
        length = self.places**0.5
        squeezed = length * place.sign() * ((place.abs() + length).log() - math.log(length))
        angles = (squeezed / (self.places / (2.0 * math.pi))).atan() * (1 + torch.arange(self.places // 2))
        table = torch.zeros(place.shape[0], self.places)
        table[:, 0::2] = angles.cos()
        table[:, 1::2] = angles.sin()
        table[:, -1] = 1.0
        return table.unsqueeze(0)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads, self.query, self.place = HEADS, QUERY, PLACE
        self.inputs = nn.Linear(WIDTH, (2 * QUERY + PLACE) * HEADS)
        self.positions = nn.Linear(PLACES, HEADS * PLACE, bias=False)
        self.values, self.output = nn.Linear(WIDTH, HEADS * VALUE), nn.Linear(HEADS * VALUE, WIDTH)

    def by_place(self, scores):
        heads, batch, frames, places = scores.shape
        if torch.jit.is_tracing():
            rows = torch.arange(start=frames - 1, end=-1, step=-1).repeat(batch * heads).unsqueeze(-1)
            index = rows + torch.arange(frames)
            return torch.gather(scores.reshape(-1, places), dim=1, index=index).reshape(heads, batch, frames, frames)
        strides = (scores.stride(0), scores.stride(1), scores.stride(2) - scores.stride(3), scores.stride(3))
        return scores.as_strided((heads, batch, frames, frames), strides, storage_offset=scores.stride(3) * (frames - 1))

    def forward(self, x, table):
        frames, batch, _ = x.shape
        y = self.inputs(x)
        q, k, p = y[..., : self.query * self.heads], y[..., self.query * self.heads : 2 * self.query * self.heads], y[..., 2 * self.query * self.heads :]
        q = q.reshape(frames, batch, self.heads, self.query).permute(2, 1, 0, 3)
        k = k.reshape(frames, batch, self.heads, self.query).permute(2, 1, 3, 0)
        p = p.reshape(frames, batch, self.heads, self.place).permute(2, 1, 0, 3)
        places = self.positions(table).reshape(-1, 2 * frames - 1, self.heads, self.place).permute(2, 0, 3, 1)
        weights = (torch.matmul(q, k) + self.by_place(torch.matmul(p, places))).softmax(-1)
        v = self.values(x).reshape(frames, batch, self.heads, -1).permute(2, 1, 0, 3)
        return self.output(torch.matmul(weights, v).permute(2, 1, 0, 3).reshape(frames, batch, -1))


class BiasNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias, self.log_scale = nn.Parameter(torch.randn(WIDTH) * 0.1), nn.Parameter(torch.tensor(0.3))

    def forward(self, x):
        return x * (torch.mean((x - self.bias) ** 2, dim=-1, keepdim=True) ** -0.5) * self.log_scale.exp()


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.up, self.down = Attention(), nn.Linear(WIDTH, 64), nn.Linear(64, WIDTH)
        self.gate, self.depthwise = nn.Linear(WIDTH, 2 * WIDTH), nn.Conv1d(WIDTH, WIDTH, 7, padding=3, groups=WIDTH)
        self.output, self.norm, self.bypass = nn.Linear(WIDTH, WIDTH), BiasNorm(), nn.Parameter(torch.full((WIDTH,), 0.5))

    def forward(self, x, table):
        before = x
        x = x + self.down(swoosh_l(self.up(x)))
        x = x + self.attention(x, table)
        y, gate = self.gate(x).chunk(2, dim=2)
        y = self.depthwise((y * torch.sigmoid(gate)).permute(1, 2, 0)).permute(2, 0, 1)
        x = self.norm(x + self.output(swoosh_r(y)))
        return before + (x - before) * self.bypass


class HalfRate(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(2))

    def forward(self, x):
        frames, batch, width = x.shape
        half = (frames + 1) // 2
        x = torch.cat((x, x[frames - 1 :].expand(2 * half - frames, batch, width)), dim=0)
        shares = self.weights.softmax(0).unsqueeze(-1).unsqueeze(-1)
        return (x.reshape(half, 2, batch, width) * shares).sum(dim=1)


class Zipformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions, self.first, self.second = CompactPositions(), Layer(), Layer()
        self.slower, self.last = HalfRate(), HalfRate()

    def forward(self, x):
        x = x.transpose(0, 1)
        frames, batch, width = x.shape
        x = self.first(x, self.positions(x))
        y = self.slower(x)
        y = self.second(y, self.positions(y))
        y = y.unsqueeze(1).expand(y.size(0), 2, batch, width).reshape(2 * y.size(0), batch, width)
        return self.last(x + y[:frames]).transpose(0, 1)
