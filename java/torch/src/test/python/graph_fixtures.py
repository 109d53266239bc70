#!/usr/bin/env python3
"""Writes the models and recorded results that the importer's tests read.

    python graph_fixtures.py DIGITS OUT        (torch 2.10, transformers, numpy, soundfile)

DIGITS is models/digits, OUT is java/torch/src/test/resources/graph. Weights are random with fixed seeds.
`*.npy` hold inputs and outputs of float PyTorch; `*.s16` two short test utterances as raw 16-bit samples, because the
importer's module reads no FLAC.
"""
import io
import sys
import zipfile
from typing import Tuple

import numpy as np
import torch
import torch.nn as nn
from torch import Tensor


def save(script, path):
    """Saves without debug files, which hold the paths of the machine that ran this."""
    buffer = io.BytesIO()
    torch.jit.save(script, buffer)
    with zipfile.ZipFile(buffer) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as slim:
        for entry in whole.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                slim.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))
    torch.jit.load(path)


class LogProbs(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.model = inner

    def forward(self, wav):
        return torch.log_softmax(self.model(wav, return_dict=False)[0], -1)


def wav2vec2(out, name, **kw):
    """A trace of another library's model, made as the benchmark makes its large one."""
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC
    torch.manual_seed(0)
    config = Wav2Vec2Config(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, vocab_size=7,
                            conv_dim=(10,) * 7, num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4,
                            attn_implementation="eager", layerdrop=0.0, **kw)
    wrapped = LogProbs(Wav2Vec2ForCTC(config).eval()).eval()
    for p in wrapped.parameters():                              # biases and gains that a mistake would show in
        p.data += 0.1 * torch.randn_like(p)
    with torch.no_grad():
        save(torch.jit.trace(wrapped, torch.randn(1, 4000) * 0.1, check_trace=False), f"{out}/{name}.pt")
        x = torch.randn(2, 3210, generator=torch.Generator().manual_seed(1)) * 0.1
        np.save(f"{out}/{name}.in.npy", x.numpy())
        np.save(f"{out}/{name}.out.npy", wrapped(x).numpy())


class Attend(nn.Module):
    def __init__(self, d: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        y = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out(y.transpose(1, 2).flatten(2))


class Mixed(nn.Module):
    """What wav2vec2 has not: conv2d, recurrences, group norm, embedding, masks, caches; scripted."""

    def __init__(self, bins: int = 12, d: int = 12):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 4, 3, 2, padding=(1, 0)), nn.ReLU(), nn.Conv2d(4, 4, (3, 2), (1, 2)), nn.SiLU())
        self.lstm = nn.LSTM(8, 5, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(10, d, batch_first=True)
        self.norm = nn.GroupNorm(3, d)
        self.attend = Attend(d, 2)
        self.embed = nn.Embedding(9, d, padding_idx=0)
        self.back = nn.GRU(d, 3, num_layers=2)
        self.head = nn.Linear(d, 6)

    def encode(self, feats: Tensor) -> Tensor:
        x = self.conv(feats.unsqueeze(1))
        x = x.transpose(1, 2).flatten(2)
        x = self.gru(self.lstm(x)[0])[0]
        return self.norm(x.transpose(1, 2)).transpose(1, 2)

    def forward(self, feats: Tensor, lens: Tensor) -> Tuple[Tensor, Tensor]:
        x = self.encode(feats)
        frames = torch.div(lens - 1, 2, rounding_mode="floor") - 1
        valid = torch.arange(x.size(1), device=x.device).unsqueeze(0) < frames.unsqueeze(1)
        x = x + self.attend(x, valid[:, None, None, :])
        x = x.masked_fill(~valid.unsqueeze(2), 0.0)
        return torch.log_softmax(self.head(x), -1), frames

    @torch.jit.export
    def decode(self, ids: Tensor) -> Tensor:
        size = ids.size(1)
        causal = torch.ones(size, size, dtype=torch.bool, device=ids.device).tril()
        x = self.embed(ids) * 3.5
        return self.attend(x, causal)

    @torch.jit.export
    def step(self, x: Tensor, state: Tensor) -> Tuple[Tensor, Tensor]:
        """x [T,1,D] -> outputs and the new state of a stream."""
        y, h = self.back(x, state)
        return y, h


class Sort(nn.Module):
    """What the graph has no operator for."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sort(x, dim=1)[0]


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.Sequential(nn.Conv1d(1, 2, 3), nn.MaxPool1d(2))

    def forward(self, wavs: Tensor) -> Tensor:
        return self.pool(wavs.unsqueeze(1))

    @torch.jit.export
    def loud(self, wavs: Tensor) -> Tensor:
        if float(wavs.abs().max()) > 0.5:
            wavs = wavs * 0.5
        return wavs


class Sorted(Pooled):
    def __init__(self):
        super().__init__()
        self.pool = nn.Sequential(nn.Conv1d(1, 2, 3), Sort())

    def forward(self, wavs: Tensor) -> Tensor:
        return torch.median(self.pool(wavs.unsqueeze(1)), dim=1)[0]


def mixed(out):
    torch.manual_seed(3)
    model = Mixed().eval()
    save(torch.jit.script(model), f"{out}/mixed.pt")
    save(torch.jit.script(Sorted().eval()), f"{out}/sorted.pt")
    g = torch.Generator().manual_seed(4)
    feats, lens = torch.randn(3, 21, 12, generator=g), torch.tensor([21, 13, 17])
    ids, x, state = torch.randint(0, 9, (2, 6), generator=g), torch.randn(5, 1, 12, generator=g), torch.randn(2, 1, 3, generator=g)
    with torch.no_grad():
        probs, frames = model(feats, lens)
        y, h = model.step(x, state)
        decoded = model.decode(ids)
    for name, value in dict(feats=feats, lens=lens, probs=probs, frames=frames, ids=ids, decoded=decoded, x=x, state=state,
                            y=y, h=h).items():
        np.save(f"{out}/mixed.{name}.npy", value.numpy())


class Recurrent(nn.Module):
    """A waveform through a convolution of two axes, an LSTM in both directions and two layers of a GRU."""

    def __init__(self, d: int = 12):
        super().__init__()
        self.front = nn.Conv1d(1, d, 40, stride=20)
        self.image = nn.Conv2d(1, 3, (3, 5), stride=(1, 2), padding=(1, 2), dilation=(1, 1))
        self.lstm = nn.LSTM(3 * d // 2, d, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(2 * d, d, num_layers=2, batch_first=True)
        self.head = nn.Linear(d, 7)

    def forward(self, wavs: Tensor) -> Tensor:
        x = torch.tanh(self.front(wavs.unsqueeze(1))).transpose(1, 2)
        x = torch.relu(self.image(x.unsqueeze(1))).transpose(1, 2).flatten(2)
        x, _ = self.lstm(x)
        x, _ = self.gru(x)
        return torch.log_softmax(self.head(x), -1)


class Pooling(nn.Module):
    """A small recogniser with a pooling."""

    def __init__(self, pool=None):
        super().__init__()
        self.front = nn.Conv1d(1, 6, 40, stride=20)
        self.pool = nn.Sequential(nn.ReLU(), pool or nn.MaxPool1d(2))
        self.head = nn.Linear(6, 5)

    def forward(self, wavs: Tensor) -> Tensor:
        x = self.pool(self.front(wavs.unsqueeze(1))).transpose(1, 2)
        return torch.log_softmax(self.head(x), -1)


def recognisers(out):
    for name, model in dict(recurrent=Recurrent(), pooling=Pooling(), sorting=Pooling(Sort())).items():
        torch.manual_seed(5)
        for p in model.parameters():
            p.data = 0.4 * torch.randn_like(p)
        save(torch.jit.script(model.eval()), f"{out}/{name}.pt")
        wav = 0.3 * torch.randn(1, 1500, generator=torch.Generator().manual_seed(6))
        with torch.no_grad():
            np.save(f"{out}/{name}.in.npy", wav.numpy())
            np.save(f"{out}/{name}.out.npy", model(wav).numpy())


def utterances(digits, out):
    import soundfile
    for name in ["test-theo-16", "test-theo-04"]:
        samples, rate = soundfile.read(f"{digits}/test/{name}.flac", dtype="int16")
        assert rate == 16000 and samples.ndim == 1
        samples.astype("<i2").tofile(f"{out}/{name}.s16")


if __name__ == "__main__":
    digits, out = sys.argv[1:]
    wav2vec2(out, "wav2vec2-layer", feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True)
    wav2vec2(out, "wav2vec2-group", feat_extract_norm="group", do_stable_layer_norm=False)
    mixed(out)
    recognisers(out)
    utterances(digits, out)
