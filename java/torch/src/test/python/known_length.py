#!/usr/bin/env python3
"""Writes scripted models whose loops and branches follow from the length, a few kilobytes each: known_length.py OUT.

By hand only: needs torch. The weights are random; PyTorch computes what is compared while the tests run.
"""
import sys
from typing import List

import torch
from torch import nn

WIDTH, WORDS = 8, 5


class Blocks(nn.Module):
    """Attention within blocks and to the mean of each earlier block; from four blocks on, one more layer."""

    def __init__(self, tokens_first: bool):
        super().__init__()
        self.tokens_first, self.block = tokens_first, 8
        self.front = nn.Conv1d(1, WIDTH, 400, 160)
        self.norm = nn.BatchNorm1d(WIDTH)
        self.query, self.key_value = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        self.long = nn.Linear(WIDTH, WIDTH)
        self.rnn = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, WORDS)

    def mask(self, frames: int, blocks: int) -> torch.Tensor:
        rows: List[torch.Tensor] = []
        for i in range(blocks):
            size = min([self.block, frames - i * self.block])
            row = [torch.zeros(size, i * self.block), torch.ones(size, size), torch.zeros(size, frames - i * self.block - size)]
            rows.append(torch.cat(row, 1))
        return (1 - torch.cat(rows)).to(torch.bool)

    def forward(self, wavs):
        x = torch.tanh(self.norm(self.front(wavs.unsqueeze(1) * 8))).transpose(1, 2)
        frames = x.size(1)
        blocks = (frames + self.block - 1) // self.block
        means = torch.empty(1, 0, x.size(2))
        for i in range(blocks - 1):
            means = torch.cat([means, x[:, i * self.block : (i + 1) * self.block].mean(1, keepdim=True)], 1)
        key, value = self.key_value(x).chunk(2, dim=2)
        scores = torch.bmm(self.query(x) * 0.35, key.transpose(1, 2)).masked_fill(self.mask(frames, blocks), -1e8)
        y = x + torch.bmm(torch.softmax(scores, -1), value)
        if blocks > 1:
            y = y + self.key_value(means).mean(1, keepdim=True)[:, :, : x.size(2)]
        if blocks >= 4:
            y = y + torch.relu(self.long(y))
        y = self.head(self.rnn(y)[0] + y)
        return y.transpose(1, 2) if self.tokens_first else y


class Sums(nn.Module):
    """Takes the length, and sums as many windows as fit into it."""

    def __init__(self):
        super().__init__()
        self.front = nn.Conv1d(1, WIDTH, 400, 160)
        self.head = nn.Linear(WIDTH, WORDS)

    def forward(self, wavs, lens):
        x = torch.relu(self.front(wavs.unsqueeze(1) * 8)).transpose(1, 2)
        frames = torch.div(lens - 400, 160, rounding_mode="floor") + 1
        x = x.masked_fill((torch.arange(x.size(1))[None] >= frames[:, None])[:, :, None], 0.0)
        total = torch.zeros(1, 1, x.size(2))
        for i in range(x.size(1) // 3):
            total = total + x[:, 3 * i : 3 * i + 1]
        return torch.log_softmax(self.head(x + total / 10), -1)


for name, model in (("blocks", Blocks(False)), ("tokens-first", Blocks(True)), ("sums", Sums())):
    torch.manual_seed(5)
    model.eval()
    with torch.no_grad():
        for parameter in list(model.parameters()) + list(model.buffers()):
            if parameter.is_floating_point():
                parameter.copy_(torch.rand_like(parameter) * 0.8 - 0.4 if parameter.dim() > 1 else torch.rand_like(parameter))
    torch.jit.script(model).save(f"{sys.argv[1]}/{name}.pt")
